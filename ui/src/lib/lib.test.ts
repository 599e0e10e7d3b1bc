import { buildMessage, person } from '../testing/build';
import { describe, expect, test, vi } from 'vitest';
import type { Message } from '../ipc/types';
import { t } from '../i18n/i18n.svelte';
import { domainOf, isDomain, parseAddress } from './address';
import { hueOf, initialsOf, localPart } from './avatar';
import { isolated, unmarked } from './bidi';
import { excerpt } from './excerpt';
import { floating, moved, wayOf } from './floating';
import { Heights } from './heights';
import { isComposing, keyLabel, shortcutOf } from './keys';
import { isMisleading, splitLinks, xmppTarget } from './links';
import { matchesPerson, pinyinInitials } from './pinyin';
import { sha1 } from './sha1';
import { drawnRange } from './drawn-range';
import { buildTimeline } from './timeline';

describe('colours and initials', () => {
  test('SHA-1 of FIPS 180-4', () => {
    const hex = (text: string) => [...sha1(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(hex('abc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    expect(hex('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    expect(hex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    );
  });
  test('the angles of XEP-0392 §13', () => {
    expect(hueOf('Romeo')).toBeCloseTo(327.255249, 5);
    expect(hueOf('juliet@capulet.lit')).toBeCloseTo(209.4104, 5);
    expect(hueOf('😺')).toBeCloseTo(331.199341, 5);
    expect(hueOf('council')).toBeCloseTo(359.994507, 5);
  });
  test.each([
    ['Lin Xiao', 'LX'],
    ['林晓', '林'],
    ['mateo.ruiz', 'MR'],
    ['Mum', 'M'],
    ['Anna Maria Berg', 'AB'],
    ['(bob)', 'B'],
    ['', ''],
  ])('%s', (name, initials) => expect(initialsOf(name)).toBe(initials));
  test('the local part', () => expect([localPart('a@b'), localPart('b')]).toEqual(['a', 'b']));
});

describe('pinyin', () => {
  test.each([
    ['张三', 'zs'],
    ['林晓', 'lx'],
    ['周雨桐', 'zyt'],
    ['曾小贤', 'zxx'],
    ['妈妈', 'mm'],
    ['Anna 李', 'annal'],
  ])('%s', (name, initials) => expect(pinyinInitials(name)).toBe(initials));
  test('finds by name, address and initials', () => {
    expect(matchesPerson('ZS', '张三', 'x@y')).toBe(true);
    expect(matchesPerson('三', '张三', 'x@y')).toBe(true);
    expect(matchesPerson('example', '张三', 'z@example.cn')).toBe(true);
    expect(matchesPerson('ls', '张三', 'x@y')).toBe(false);
    expect(matchesPerson('', 'any', 'x@y')).toBe(true);
  });
});

test('links end before punctuation, and only web addresses are links', () => {
  const links = (text: string) => splitLinks(text).flatMap((part) => (part.kind === 'link' ? [part.url] : []));
  expect(links('see https://a.org/x?y=1, and (http://b.org/z).')).toEqual(['https://a.org/x?y=1', 'http://b.org/z']);
  expect(links('看 https://c.cn/路径。好')).toEqual(['https://c.cn/%E8%B7%AF%E5%BE%84']);
  expect(links('https://w.org/a_(b)')).toEqual(['https://w.org/a_(b)']);
  expect(links('javascript:alert(1) file:///etc')).toEqual([]);
  expect(
    splitLinks('a https://b.org c')
      .map((part) => part.text)
      .join(''),
  ).toBe('a https://b.org c');
});

test('an excerpt starts a little before the hit', () => {
  const parts = excerpt(`${'x'.repeat(60)} needle in hay`, 'Needle');
  expect(parts.find((part) => part.hit)?.text).toBe('needle');
  expect(parts[0]?.text.startsWith('…')).toBe(true);
  expect(excerpt('a+b', '+').find((part) => part.hit)?.text).toBe('+');
});

test.each([
  ['bob@x.org', 'bob@x.org'],
  [' xmpp:bob@x.org/phone ', 'bob@x.org'],
  ['bob', null],
  ['@x.org', null],
  ['a@b@c', null],
  ['a b@c', null],
])('address %s', (text, address) => expect(parseAddress(text)).toBe(address));
test('domains', () => {
  expect([isDomain('x.org'), isDomain('localhost'), isDomain('a b'), isDomain('')]).toEqual([true, true, false, false]);
  expect(domainOf('a@b.c')).toBe('b.c');
});

describe('keys', () => {
  const press = (key: string, change: Partial<KeyboardEvent> = {}) => ({
    key,
    code: `Key${key.toUpperCase()}`,
    ctrlKey: false,
    metaKey: false,
    shiftKey: false,
    altKey: false,
    ...change,
  });
  test('Ctrl here, Cmd on macOS, by place on other layouts', () => {
    expect(shortcutOf(press('k', { ctrlKey: true }), false)).toBe('jump');
    expect(shortcutOf(press('k', { metaKey: true }), true)).toBe('jump');
    expect(shortcutOf(press('k', { ctrlKey: true }), true)).toBeNull();
    expect(shortcutOf(press('q', { ctrlKey: true }), false)).toBe('quit');
    expect(shortcutOf(press('q', { ctrlKey: true, shiftKey: true }), false)).toBeNull();
    expect(shortcutOf(press('A', { ctrlKey: true, shiftKey: true }), false)).toBe('answer');
    expect(shortcutOf(press('в', { code: 'KeyD', ctrlKey: true, shiftKey: true }), false)).toBe('decline');
    expect(shortcutOf(press('a'), false)).toBeNull();
    expect(shortcutOf(press('F6', { shiftKey: true }), false)).toBe('previousRegion');
    expect([keyLabel('M', true, false), keyLabel('M', true, true)]).toEqual(['Ctrl⇧M', '⇧⌘M']);
  });
  test('an input method is composing by flag or by key code 229', () => {
    expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
    expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
    expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
  });
});

describe('Heights', () => {
  test('agrees with a plain sum, also after rows were measured and others came before them', () => {
    const seed = 20261121;
    let x = seed;
    const random = (below: number) => (x = (x * 48271) % 2147483647) % below;
    const heights = new Heights();
    let rows = Array.from({ length: 500 }, (_, i) => ({ key: `r${i}`, height: 40 }));
    heights.reset(
      rows.map((row) => row.key),
      () => 40,
    );
    for (let round = 0; round < 300; round++) {
      const index = random(rows.length);
      const height = 20 + random(200);
      const row = rows[index];
      if (row === undefined) continue;
      expect(heights.measure(index, height), `seed ${seed}`).toBe(height - row.height);
      row.height = height;
      if (round === 150) {
        rows = [...Array.from({ length: 77 }, (_, i) => ({ key: `older${i}`, height: 40 })), ...rows];
        heights.reset(
          rows.map((other) => other.key),
          () => 40,
        );
      }
    }
    let offset = 0;
    rows.forEach((row, index) => {
      expect(heights.offsetOf(index)).toBe(offset);
      expect(heights.indexAt(offset)).toBe(index);
      expect(heights.indexAt(offset + row.height - 0.5)).toBe(index);
      offset += row.height;
    });
    expect(heights.total).toBe(offset);
    expect(heights.indexAt(offset + 1000)).toBe(rows.length - 1);
  });
  test('an empty list has no height', () => {
    const heights = new Heights();
    heights.reset([], () => 40);
    expect([heights.total, heights.indexAt(10), heights.measure(0, 5)]).toEqual([0, 0, 0]);
  });
});

describe('rows in the document', () => {
  const heights = new Heights();
  heights.reset(
    Array.from({ length: 100 }, (_, n) => `r${n}`),
    () => 50,
  );
  const range = (start: number, end: number, top: number) => drawnRange(heights, 100, { start, end }, top, 500);
  test('those on screen come at once, the others two by two', () => {
    expect(range(0, 0, 2000)).toEqual({ start: 40, end: 51, whole: false });
    expect(range(40, 51, 2000)).toEqual({ start: 38, end: 53, whole: false });
    expect(range(31, 60, 2000)).toEqual({ start: 30, end: 60, whole: true });
  });
  test('a jump keeps nothing of what was drawn; scrolling keeps what is near', () => {
    expect(range(0, 20, 2000)).toEqual({ start: 40, end: 51, whole: false });
    expect(range(30, 60, 1960)).toEqual({ start: 29, end: 60, whole: true });
    expect(range(30, 60, 2900)).toEqual({ start: 48, end: 69, whole: false });
  });
  test('under the thumb half a screen comes first', () => {
    const half = drawnRange(heights, 100, { start: 0, end: 20 }, 2000, 500, 6);
    expect(half).toEqual({ start: 40, end: 46, whole: false });
    expect(drawnRange(heights, 100, half, 2000, 500, 6)).toEqual({ start: 38, end: 51, whole: false });
  });
  test('ends are ends', () => {
    expect(range(0, 0, -40)).toEqual({ start: 0, end: 10, whole: false });
    expect(range(89, 100, 4500)).toEqual({ start: 87, end: 100, whole: false });
    expect(drawnRange(heights, 0, { start: 0, end: 0 }, 0, 500)).toEqual({ start: 0, end: 0, whole: true });
  });
});

test('a timeline: days, groups by side and time, the unread line', () => {
  const at = (day: number, minute: number) => new Date(2026, 10, day, 9, minute).getTime();
  const message = (id: string, sentAt: number, change: Partial<Message> = {}) =>
    buildMessage(id, 'b@x', sentAt, change);
  const own = { direction: 'outgoing', sender: person('me@x') } as const;
  const items = buildTimeline(
    [
      message('a', at(1, 0)),
      message('b', at(1, 1)),
      message('c', at(1, 30)),
      message('d', at(2, 0), own),
      message('e', at(2, 1), { ...own, delivery: { kind: 'failed', why: { kind: 'tooLarge', limit: null } } }),
      message('f', at(2, 2), own),
      message('g', at(2, 3)),
      message('h', at(2, 4)),
    ],
    'h',
  );
  const shown = items.map((item) =>
    item.kind === 'message' ? `${item.key}${item.first ? ' first' : ''}${item.last ? ' last' : ''}` : item.kind,
  );
  expect(shown).toEqual([
    'day',
    'a first',
    'b last',
    'c first last',
    'day',
    'd first',
    'e last',
    'f first last',
    'g first last',
    'unread',
    'h first last',
  ]);
  expect(new Set(items.map((item) => item.key)).size).toBe(items.length);
});

test('typing is told at the start, again while it lasts, and when it stops', async () => {
  const { TypingNotifier } = await import('../screens/chat/typing');
  vi.useFakeTimers();
  const told: string[] = [];
  const typing = new TypingNotifier((state) => told.push(state));
  typing.typed(true);
  typing.typed(true);
  expect(told).toEqual(['composing']);
  vi.advanceTimersByTime(5000);
  expect(told).toEqual(['composing', 'paused']);
  for (let i = 0; i < 30; i++) {
    typing.typed(true);
    vi.advanceTimersByTime(1000);
  }
  typing.typed(false);
  typing.stop();
  expect(told).toEqual(['composing', 'paused', 'composing', 'composing', 'paused']);
  vi.useRealTimers();
});

describe('words of others beside ours', () => {
  test('lose the marks that would reorder what follows', () => {
    expect(unmarked('invoice\u202Efdp.exe \u2066x\u2069')).toBe('invoicefdp.exe x');
    expect(unmarked('Zoë 林晓')).toBe('Zoë 林晓');
  });
  test('keep their own order inside a sentence', () => {
    expect(isolated('Lin Xiao')).toBe('Lin Xiao');
    expect(isolated('\u202Eדנה')).toBe('\u2068דנה\u2069');
    expect(t('chat.placeholder', { name: 'דנה' })).toBe('Message \u2068דנה\u2069');
  });
  test('end a link', () => {
    expect(splitLinks('https://a.example/\u202Egpj')).toEqual([
      { kind: 'link', text: 'https://a.example/', url: 'https://a.example/' },
      { kind: 'text', text: '\u202Egpj' },
    ]);
  });
});

describe('the floating picture', () => {
  const free = { x: 400, y: 200 };
  test('moves by shares of the free way and stays inside', () => {
    expect(moved({ x: 1, y: 0 }, { x: -100, y: 50 }, free)).toEqual({ x: 0.75, y: 0.25 });
    expect(moved({ x: 0.5, y: 0.5 }, { x: 9999, y: -9999 }, free)).toEqual({ x: 1, y: 0 });
    expect(moved({ x: 0.5, y: 0.5 }, { x: 10, y: 10 }, { x: 0, y: -30 })).toEqual({ x: 0.5, y: 0.5 });
  });
  test('follows a press only while it lasts, also one that was let go elsewhere', () => {
    const node = document.createElement('div');
    node.setPointerCapture = () => undefined;
    const put = vi.fn();
    const end = floating('div', () => ({ x: 0.5, y: 0.5 }), put)(node);
    const point = (type: string, clientX: number, buttons: number) =>
      node.dispatchEvent(new PointerEvent(type, { clientX, button: 0, buttons }));
    point('pointerdown', 10, 1);
    point('pointermove', 60, 0);
    point('pointermove', 90, 1);
    expect(put).not.toHaveBeenCalled();
    point('pointerdown', 10, 1);
    point('pointermove', 60, 1);
    expect(put).toHaveBeenCalledTimes(1);
    end();
  });
  test('goes by the arrows, far with Shift', () => {
    const press = (key: string, shiftKey = false) => wayOf({ key, shiftKey });
    expect(press('ArrowLeft')).toEqual({ x: -24, y: 0 });
    expect(press('ArrowDown', true)).toEqual({ x: 0, y: 96 });
    expect(press('Enter')).toBeNull();
  });
});

describe('links that are not what they seem', () => {
  test('letters of other scripts and names before the server are misleading', () => {
    for (const url of [
      'https://p\u0430ypal.com/',
      'https://google.com@evil.example/',
      'http://a:b@c.org',
      'https://例子.测试',
    ])
      expect(isMisleading(url), url).toBe(true);
    for (const url of ['https://example.org/@user', 'http://a.b/xn--', 'mailto:a@b.org', 'geo:1,2'])
      expect(isMisleading(url), url).toBe(false);
  });

  test('addresses of people and places are links too', () => {
    const links = (text: string) => splitLinks(text).flatMap((part) => (part.kind === 'link' ? [part.url] : []));
    expect(links('xmpp:lin@example.org, mailto:a@b.org geo:1.5,2.5')).toEqual([
      'xmpp:lin@example.org',
      'mailto:a@b.org',
      'geo:1.5,2.5',
    ]);
  });

  test('an xmpp link names a person or a group', () => {
    expect(xmppTarget('xmpp:Lin@Example.org/phone?message')).toEqual({ jid: 'lin@example.org', join: false });
    expect(xmppTarget('xmpp:team@rooms.example.org?join')).toEqual({ jid: 'team@rooms.example.org', join: true });
    expect(xmppTarget('xmpp:example.org')).toBeNull();
    expect(xmppTarget('xmpp:%E0%A4%A')).toBeNull();
  });
});
