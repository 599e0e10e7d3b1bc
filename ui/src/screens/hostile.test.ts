/** What others write, on every screen that shows it: markup is text, names prove nothing, nothing turns its surroundings. */
import { screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Attachment, GroupNotice, Message, Sender } from '../ipc/types';
import { buildConversation, buildMessage, previewOf } from '../testing/build';
import { FakeCore } from '../testing/fake';
import { show } from '../testing/render';
import { LIN, ME, sampleCore, sampleData } from '../testing/sample';
import { addMessengerSample, GROUP } from '../testing/sample-messenger';
import { waitFor } from '../testing/wait';
import ChatList from './chat/ChatList.svelte';
import ConversationPane from './chat/ConversationPane.svelte';
import RequestBar from './chat/RequestBar.svelte';
import ContactList from './contacts/ContactList.svelte';
import ProfileCard from './contacts/ProfileCard.svelte';
import GroupInfo from './groups/GroupInfo.svelte';
import MessageRow from './message/MessageRow.svelte';
import Notices from './shell/Notices.svelte';

const EVE = 'eve@evil.example';
const MARKUP = '<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script><b>x</b>&amp;{{1}}';
/** Things that only markup of others would make. */
const made = () => document.querySelectorAll('img[src=x], script:not([type]), b > b, iframe, object, [onerror]');

function richCore(): FakeCore {
  const data = sampleData(false, Date.now());
  addMessengerSample(data, false, Date.now(), LIN, ME);
  return new FakeCore(data);
}
const row = (message: Message, group = false, core = sampleCore()) =>
  show(MessageRow, { message, first: true, last: true, group }, core);
const said = (change: Partial<Message>) => buildMessage('m', LIN, 1_700_000_000_000, change);
const file = (name: string, change: Partial<Attachment> = {}): Attachment => ({
  kind: { kind: 'file' },
  name,
  mediaType: 'application/pdf',
  size: 1,
  thumbnail: null,
  transfer: { kind: 'remote' },
  ...change,
});

beforeEach(() => {
  Reflect.deleteProperty(globalThis, 'hit');
  return () => {
    expect(made()).toHaveLength(0);
    expect(Reflect.get(globalThis, 'hit')).toBeUndefined();
  };
});

describe('markup in every text is text', () => {
  /** What is not shown beside a message. */
  const silent = ['name of a picture', 'why it failed'];
  test.each<[string, Partial<Message>]>([
    ['body', { content: { kind: 'text', text: MARKUP } }],
    ['caption', { content: { kind: 'file', file: file('a.pdf'), caption: MARKUP } }],
    ['file name', { content: { kind: 'file', file: file(MARKUP), caption: '' } }],
    [
      'name of a picture',
      { content: { kind: 'file', file: file(MARKUP, { kind: { kind: 'image', width: 9, height: 9 } }), caption: '' } },
    ],
    ['place', { content: { kind: 'location', location: { latitude: 1, longitude: 2, address: MARKUP } } }],
    ['custom', { content: { kind: 'custom', text: MARKUP } }],
    ['method of encryption', { content: { kind: 'encrypted', method: MARKUP } }],
    ['quote', { replyTo: { id: null, sender: { jid: null, nickname: MARKUP, occupant: 'o' }, excerpt: MARKUP } }],
    ['first sender', { forwarded: { from: MARKUP, sentAt: null } }],
    ['reaction', { reactions: [{ emoji: MARKUP, by: [{ jid: null, nickname: MARKUP, occupant: 'o' }], own: false }] }],
    ['why it failed', { direction: 'outgoing', delivery: { kind: 'failed', why: { kind: 'other', detail: MARKUP } } }],
    [
      'server that failed',
      { direction: 'outgoing', delivery: { kind: 'failed', why: { kind: 'serverUnreachable', domain: MARKUP } } },
    ],
  ])('%s', async (what, change) => {
    const { container } = await row(said(change));
    await tick();
    expect(made()).toHaveLength(0);
    // A picture tells its name to those who cannot see it; nothing of the rest is lost either.
    const told =
      container.textContent +
      [...container.querySelectorAll('[aria-label], [title], [alt]')]
        .map((element) => ['aria-label', 'title', 'alt'].map((name) => element.getAttribute(name) ?? '').join(' '))
        .join(' ');
    if (!silent.includes(what)) expect(told).toContain('<script>');
  });

  const eve: Sender = { jid: null, nickname: MARKUP, occupant: 'o' };
  test.each<GroupNotice>([
    { kind: 'joined', who: eve },
    { kind: 'removed', who: eve, by: eve, reason: MARKUP },
    { kind: 'banned', who: eve, by: null, reason: MARKUP },
    { kind: 'renamed', name: MARKUP, by: eve },
    { kind: 'dissolved', reason: MARKUP },
  ])('notice $kind', async (notice) => {
    await row(said({ content: { kind: 'notice', notice } }), true);
    expect(screen.getByTestId('group-notice').textContent).toContain('<script>');
  });

  test('nickname in a group', async () => {
    await row(said({ sender: eve }), true);
    expect(screen.getByTestId('message').querySelector('.sender')?.textContent).toContain('<script>');
  });

  test('chat list, chat, contacts, profile and group', async () => {
    const core = richCore();
    const { data } = core;
    const last = previewOf(said({ content: { kind: 'text', text: MARKUP } }));
    data.conversations.push(buildConversation(EVE, Date.now(), { last, draft: MARKUP }));
    data.requests.push({ from: EVE, nickname: MARKUP, reason: MARKUP, receivedAt: 1 });
    for (const contact of data.contacts)
      if (contact.jid === LIN) Object.assign(contact, { name: MARKUP, status: MARKUP });
    let view = await show(ChatList, {}, core);
    await tick();
    expect(document.body.textContent).toContain('<script>');
    view.app.groups = {
      ...view.app.groups,
      groups: new Map(
        [...view.app.groups.groups].map(([jid, group]) => [jid, { ...group, name: MARKUP, description: MARKUP }]),
      ),
    };
    await tick();
    expect(made()).toHaveLength(0);
    view.unmount();
    for (const [component, props] of [
      [ConversationPane, { jid: LIN }],
      [RequestBar, { jid: EVE }],
      [ContactList, {}],
      [ProfileCard, { jid: LIN }],
    ] as const) {
      view = await show(component, props, core);
      core.emit({ kind: 'profileChanged', profile: { jid: EVE, name: MARKUP, avatar: null, updatedAt: null } });
      await tick();
      await tick();
      expect(made(), JSON.stringify(props)).toHaveLength(0);
      expect(document.body.textContent, JSON.stringify(props)).toContain('<script>');
      view.unmount();
    }
    const group = await show(GroupInfo, { jid: GROUP }, core);
    const known = group.app.groups.groups.get(GROUP);
    if (known === undefined) throw new Error('the sample has a group');
    core.emit({ kind: 'groupChanged', group: { ...known, name: MARKUP, description: MARKUP } });
    await waitFor(() => expect(document.body.textContent).toContain('<script>'));
  });

  test('what the core says in its own words', async () => {
    const { app } = await show(Notices);
    app.fail({ code: 'store', message: MARKUP });
    app.handle({ account: 1, seq: 99, event: { kind: 'warning', code: 'diskFull', detail: MARKUP } });
    await tick();
    expect(document.body.textContent?.trim()).not.toBe('');
  });
});

describe('who it really is', () => {
  const names = async (senders: Sender[]) => {
    const { app } = await show(ChatList);
    return senders.map((sender) => app.nameOfSender(sender));
  };

  test('an occupant who is called like a contact has the address beside the name', async () => {
    const called = (nickname: string, jid: string | null = EVE): Sender => ({ jid, nickname, occupant: 'o' });
    const imitations = [
      'Lin Xiao',
      'lin  xiao',
      'Lіn Xiао',
      'Lin\u200B Xiao',
      '\u202ELin Xiao',
      'L1n Xiao',
      'ｌｉｎ ｘｉａｏ',
    ];
    for (const name of await names(imitations.map((name) => called(name))))
      expect(name).toMatch(/\(eve@evil\.example\)$/u);
    expect(await names([called('Lin Xiao', null)])).toEqual(['Lin Xiao (address hidden)']);
    expect(await names([called('Su Ke')])).toEqual(['Su Ke (eve@evil.example)']);
    expect(await names([called('owl'), called('owl', null), called('\u200B', null)])).toEqual([
      'owl',
      'owl',
      'address hidden',
    ]);
    expect(await names([{ jid: LIN, nickname: 'Dana Whitfield', occupant: 'o' }])).toEqual(['Lin Xiao']);
  });

  test('it is on screen where the message is, and where it is quoted', async () => {
    const eve: Sender = { jid: EVE, nickname: 'Lin Xiao', occupant: 'o' };
    await row(said({ sender: eve, replyTo: { id: null, sender: eve, excerpt: 'x' } }), true);
    expect(screen.getByTestId('message').querySelector('.sender')?.textContent).toBe(`Lin Xiao (${EVE})`);
    expect(screen.getByTestId('quote').textContent).toContain(`Lin Xiao (${EVE})`);
  });

  test('a stranger whose profile has the name of a contact', async () => {
    const { app, core } = await show(ChatList);
    core.emit({ kind: 'profileChanged', profile: { jid: EVE, name: 'Mateo Ruiz', avatar: null, updatedAt: null } });
    expect(app.nameOf(EVE)).toBe(`Mateo Ruiz (${EVE})`);
    core.emit({ kind: 'profileChanged', profile: { jid: EVE, name: 'Eve', avatar: null, updatedAt: null } });
    expect(app.nameOf(EVE)).toBe('Eve');
    // Whoever has chosen none is called by the address, which anybody can choose too.
    expect(app.nameOf('lin.xiao@evil.example')).toBe('lin.xiao');
    expect(app.nameOf('linxiao@evil.example')).toBe('linxiao (linxiao@evil.example)');
  });
});

describe('links', () => {
  test('nothing but web addresses is a link, and what is shown is where it goes', async () => {
    const words =
      'javascript:alert(1) data:text/html,x file:///etc/passwd https://ok.example/a?b=1 \u202Ehttps://moc.elpmaxe/\u202C \
https://bank.example@evil.example/ http://xn--80ak6aa92e.com/';
    await row(said({ content: { kind: 'text', text: words } }));
    const links = [...screen.getByTestId('message').querySelectorAll('a')];
    expect(links.map((link) => link.getAttribute('href'))).toEqual([
      'https://ok.example/a?b=1',
      'https://moc.elpmaxe/',
      'https://bank.example@evil.example/',
      'http://xn--80ak6aa92e.com/',
    ]);
    for (const link of links) {
      expect(link.textContent).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/u);
      expect(link.getAttribute('dir')).toBe('ltr');
    }
  });

  test('a link that reads otherwise than it leads says where', async () => {
    await row(said({ content: { kind: 'text', text: 'https://аpple.example/ https://bank.example@evil.example/x' } }));
    const titles = [...screen.getByTestId('message').querySelectorAll('a')].map((link) => link.title);
    expect(titles).toEqual(['xn--pple-43d.example', 'evil.example']);
  });
});

test('a text of half a megabyte and a hundred levels is drawn', async () => {
  vi.useRealTimers();
  await row(said({ content: { kind: 'text', text: `${'>'.repeat(100)} ${'*_~`'.repeat(60_000)}` } }));
  expect(screen.getByTestId('message').querySelectorAll('blockquote').length).toBeLessThan(8);
});
