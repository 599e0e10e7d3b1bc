import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import type { Attachment, Message, MessageContent } from '../../ipc/types';
import { ChatView } from '../../stores/chat-view.svelte';
import { buildMessage, person } from '../../testing/build';
import { asked, show } from '../../testing/render';
import { LIN, ME, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';
import MessageMenu from './MessageMenu.svelte';
import MessageRow from './MessageRow.svelte';

const row = (message: Message, group = false, chat = new ChatView(), core = sampleCore()) =>
  show(MessageRow, { message, first: true, last: true, group }, core, chat);
const incoming = (content: MessageContent, change: Partial<Message> = {}) =>
  buildMessage('m', LIN, 1_700_000_000_000, { content, ...change });
const own = (content: MessageContent, change: Partial<Message> = {}) =>
  incoming(content, { sender: person(ME), direction: 'outgoing', delivery: { kind: 'read' }, ...change });
const text = (words: string): MessageContent => ({ kind: 'text', text: words });
const file = (change: Partial<Attachment> = {}, caption = ''): MessageContent => ({
  kind: 'file',
  caption,
  file: {
    kind: { kind: 'file' },
    name: 'plan.pdf',
    mediaType: 'application/pdf',
    size: 4_200_000,
    thumbnail: null,
    transfer: { kind: 'remote' },
    ...change,
  },
});

describe('what a message says', () => {
  test('markup of others is text, styles are styles', async () => {
    await row(incoming(text('<img src=x onerror=alert(1)> *bold* `code`')));
    const bubble = screen.getByTestId('message');
    expect(bubble.querySelector('img')).toBeNull();
    expect(bubble.textContent).toContain('<img src=x onerror=alert(1)>');
    expect(bubble.querySelector('strong')?.textContent).toBe('bold');
    expect(bubble.querySelector('code')?.textContent).toBe('code');
  });

  test('an answer leads to what it answers; one to something unknown does not', async () => {
    const chat = new ChatView();
    const jumps: string[] = [];
    chat.jump = (id) => jumps.push(id);
    const { unmount } = await row(
      incoming(text('yes'), { replyTo: { id: 'first', sender: person(ME), excerpt: 'is it?' } }),
      false,
      chat,
    );
    expect(screen.getByTestId('quote').textContent).toMatch(/You\s*is it\?/u);
    await fireEvent.click(screen.getByTestId('quote'));
    expect(jumps).toEqual(['first']);
    unmount();
    await row(incoming(text('yes'), { replyTo: { id: null, sender: null, excerpt: '' } }));
    expect(screen.getByTestId('quote')).toHaveProperty('disabled', true);
    expect(screen.getByTestId('quote').textContent).toContain('The message is not here');
  });

  test('edited, forwarded and recalled ones say so; nothing of a recalled one is left', async () => {
    let view = await row(incoming(text('x'), { editedAt: 2, forwarded: { from: 'Dana', sentAt: null } }));
    expect(screen.getByTestId('edited').textContent).toBe('edited');
    expect(screen.getByTestId('forwarded').textContent).toContain('Forwarded from Dana');
    view.unmount();
    view = await row(incoming(text('secret'), { delivery: { kind: 'recalled' } }));
    expect(screen.getByTestId('recalled').textContent).toContain('Lin Xiao recalled a message');
    expect(screen.getByTestId('message').textContent).not.toContain('secret');
    view.unmount();
    await row(own({ kind: 'recalled' }, { delivery: { kind: 'recalled' } }));
    expect(screen.getByTestId('recalled').textContent).toContain('You recalled a message');
  });

  test('mentions: others are links to their profile, oneself stands out', async () => {
    const { app } = await row(
      incoming(text('@Su Ke ask @Mateo'), {
        mentions: [
          { of: { kind: 'person', jid: ME }, begin: 0, end: 6 },
          { of: { kind: 'person', jid: 'mateo.ruiz@example.net' }, begin: 11, end: 17 },
        ],
      }),
    );
    expect(screen.getByText('@Su Ke').className).toContain('me');
    await fireEvent.click(screen.getByText('@Mateo'));
    expect(app.view.contact).toBe('mateo.ruiz@example.net');
  });

  test('in a group: name, picture and notices', async () => {
    const guest = { jid: null, nickname: 'owl', occupant: 'o-1' };
    const { unmount } = await row(incoming(text('hi'), { sender: guest }), true);
    expect(screen.getByTestId('message').querySelector('.sender')?.textContent).toBe('owl');
    unmount();
    await row(
      incoming({
        kind: 'notice',
        notice: { kind: 'removed', who: guest, by: person(LIN), reason: 'spam\u202E' },
      }),
      true,
    );
    expect(screen.getByTestId('group-notice').textContent).toBe('Lin Xiao removed owl: spam');
    expect(screen.queryByTestId('message')).toBeNull();
  });

  test('a place opens a map outside; what is no place does not', async () => {
    const place = (latitude: number): MessageContent => ({
      kind: 'location',
      location: { latitude, longitude: 9.988, address: 'Harbour Hall' },
    });
    const { unmount } = await row(incoming(place(53.5436)));
    const card = screen.getByTestId('location');
    expect(card.getAttribute('href')).toBe(
      'https://www.openstreetmap.org/?mlat=53.543600&mlon=9.988000#map=16/53.543600/9.988000',
    );
    expect(card.textContent).toContain('Harbour Hall');
    unmount();
    await row(incoming(place(300)));
    expect(screen.getByTestId('location').getAttribute('href')).toBeNull();
  });
});

describe('files', () => {
  test('fetch, stop, open and why not', async () => {
    let view = await row(incoming(file()));
    expect(screen.getByTestId('file').textContent).toMatch(/plan\.pdf\s*4\.2 MB/u);
    await fireEvent.click(screen.getByTestId('transfer'));
    expect(asked(view.core, 'download')).toEqual([[1, 'm']]);
    view.unmount();
    view = await row(incoming(file({ transfer: { kind: 'downloading', percent: 10 } })));
    view.core.emit({
      kind: 'transferProgressed',
      conversation: LIN,
      message: 'm',
      progress: { done: 2_100_000, total: 4_200_000, percent: 50 },
    });
    await tick();
    expect(screen.getByTestId('file').textContent).toContain('2.1 MB of 4.2 MB');
    await fireEvent.click(screen.getByTestId('transfer'));
    expect(asked(view.core, 'cancelTransfer')).toEqual([[1, 'm']]);
    view.unmount();
    view = await row(incoming(file({ transfer: { kind: 'local' } })));
    await fireEvent.click(screen.getByTestId('transfer'));
    expect(asked(view.core, 'openAttachment')).toEqual([[1, 'm']]);
    view.unmount();
    await row(incoming(file({ transfer: { kind: 'failed', why: { kind: 'tooLarge', limit: 100_000_000 } } })));
    expect(screen.getByTestId('file').textContent).toContain('Larger than 100 MB.');
  });

  test('names that play with the direction of writing are shown as they are', async () => {
    await row(incoming(file({ name: 'invoice\u202Efdp.exe' })));
    expect(screen.getByTestId('file').querySelector('b')?.textContent).toBe('invoicefdp.exe');
  });

  test('a picture: its place from the start, the small one first, then the whole one', async () => {
    const core = sampleCore();
    core.data.people.pictures.set('m', 'data:image/png;base64,AA');
    const kind = { kind: 'image', width: 1600, height: 800 } as const;
    const chat = new ChatView();
    await row(
      incoming(file({ kind, thumbnail: 'data:image/png;base64,BB', transfer: { kind: 'local' } })),
      false,
      chat,
      core,
    );
    const picture = screen.getByTestId('picture');
    expect(picture.style.inlineSize).toBe('320px');
    expect(picture.querySelector('img')?.getAttribute('src')).toBe('data:image/png;base64,BB');
    await waitFor(() => expect(picture.querySelectorAll('img')).toHaveLength(2));
    await fireEvent.click(picture.querySelector('.face') as HTMLElement);
    expect(chat.picture).toBe('m');
  });

  test('nothing of a file is fetched by looking at it', async () => {
    const { core } = await row(incoming(file({ kind: { kind: 'image', width: 0, height: 0 } })));
    await tick();
    expect(asked(core, 'picture')).toEqual([]);
    expect(asked(core, 'download')).toEqual([]);
  });

  test('a voice clip plays, stops where it is, and goes on from there', async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const kind = { kind: 'voice', durationMs: 10_000, waveform: [10, 90] } as const;
    const { core } = await row(incoming(file({ kind: { ...kind, waveform: [10, 90] }, transfer: { kind: 'local' } })));
    const button = () => screen.getByTestId('transfer');
    await fireEvent.click(button());
    await vi.advanceTimersByTimeAsync(4000);
    expect(screen.getByTestId('voice').textContent).toContain('0:04 of 0:10');
    await fireEvent.click(button());
    await fireEvent.click(button());
    expect(asked(core, 'playVoice')).toEqual([
      [1, 'm', 0, 'normal'],
      [1, null, 0, 'normal'],
      [1, 'm', 4000, 'normal'],
    ]);
    await vi.advanceTimersByTimeAsync(5000);
    core.emit({
      kind: 'voicePlayed',
      playback: { message: 'm', state: { kind: 'ended' }, positionMs: 10_000, durationMs: 10_000 },
    });
    await tick();
    expect(button().getAttribute('aria-label')).toBe('Play');
    vi.useRealTimers();
  });
});

describe('reactions', () => {
  const reactions = [
    { emoji: '👍', by: [person(LIN), person(ME)], own: true },
    { emoji: '🎉', by: [person(LIN)], own: false },
  ];
  test('who and how many; a press joins or takes back', async () => {
    const { core } = await row(incoming(text('x'), { reactions }));
    const [thumb, party] = screen.getAllByTestId('reaction') as [HTMLElement, HTMLElement];
    expect(thumb.textContent).toContain('2');
    expect(thumb.title).toBe('👍 Lin Xiao, You');
    await fireEvent.click(party);
    await fireEvent.click(thumb);
    expect(asked(core, 'react')).toEqual([
      [1, 'm', ['👍', '🎉']],
      [1, 'm', []],
    ]);
  });
  test('without the operation they are only shown', async () => {
    const core = sampleCore();
    core.messenger = {};
    await row(incoming(text('x'), { reactions }), false, new ChatView(), core);
    expect(screen.getAllByTestId('reaction')[0]).toHaveProperty('disabled', true);
    expect(screen.queryByTestId('reply')).toBeNull();
  });
});

describe('the menu of a message', () => {
  const open = (message: Message, chat: ChatView) =>
    show(MessageMenu, { menu: { message, x: 10, y: 10, emojis: false } }, sampleCore(), chat);

  test('answers, edits, selects, asks before a recall', async () => {
    const message = own(text('mine'));
    const chat = new ChatView();
    for (const [action, check] of [
      ['reply', () => chat.replyTo === message],
      ['edit', () => chat.editing === message && chat.replyTo === null],
      ['forward', () => chat.forwarding[0] === message],
      ['select', () => chat.selecting && chat.selected.has('m')],
      ['recall', () => chat.recalling === message],
    ] as const) {
      const { unmount } = await open(message, chat);
      await fireEvent.click(screen.getByTestId(`action-${action}`));
      expect(check(), action).toBe(true);
      unmount();
    }
  });

  test('deleting hides at once, can be undone, and is done after a while', async () => {
    vi.useFakeTimers();
    const { app, core } = await open(own(text('mine')), new ChatView());
    await fireEvent.click(screen.getByTestId('action-delete'));
    expect(app.leaving.of(LIN)).toEqual(['m']);
    app.leaving.undo(LIN);
    expect(app.leaving.of(LIN)).toEqual([]);
    app.leaving.add(LIN, ['m']);
    app.leaving.add(LIN, ['n']);
    await vi.advanceTimersByTimeAsync(4999);
    expect(asked(core, 'deleteMessages')).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(asked(core, 'deleteMessages')).toEqual([[1, ['m', 'n']]]);
    expect(app.leaving.of(LIN)).toEqual([]);
    vi.useRealTimers();
  });

  test('a quick emoji reacts', async () => {
    const { core } = await open(incoming(text('x')), new ChatView());
    await fireEvent.click(screen.getAllByTestId('quick')[1] as HTMLElement);
    expect(asked(core, 'react')).toEqual([[1, 'm', ['❤️']]]);
  });
});
