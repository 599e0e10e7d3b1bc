/** The chat list's folders and menus, requests of strangers, search with filters, jumps. */
import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import { FakeCore } from '../../testing/fake';
import { asked, show } from '../../testing/render';
import { LIN, ME, sampleData } from '../../testing/sample';
import { addMessengerSample, GROUP, STRANGER } from '../../testing/sample-messenger';
import { waitFor } from '../../testing/wait';
import ChatList from './ChatList.svelte';
import ConversationPane from './ConversationPane.svelte';

const JONAS = 'jonas@example.se';
const WANG = 'wangnan@example.cn';
function richCore(): FakeCore {
  const data = sampleData(false, Date.now());
  addMessengerSample(data, false, Date.now(), LIN, ME);
  return new FakeCore(data);
}
const rows = () => screen.getAllByTestId('chat-row').map((row) => row.dataset['jid']);
const row = (jid: string) =>
  screen.getAllByTestId('chat-row').find((other) => other.dataset['jid'] === jid) as HTMLElement;

describe('folders', () => {
  test('pinned ones first; archived ones and strangers are elsewhere', async () => {
    await show(ChatList, {}, richCore());
    await tick();
    expect(rows().slice(0, 2).sort()).toEqual([LIN, GROUP]);
    expect(rows()).not.toContain(JONAS);
    expect(rows()).not.toContain(STRANGER);
    await fireEvent.click(screen.getByTestId('folder-archived'));
    await tick();
    expect(rows()).toEqual([JONAS]);
    await fireEvent.click(screen.getByTestId('folder-back'));
    await fireEvent.click(screen.getByTestId('folder-requests'));
    await tick();
    expect(rows()).toEqual([STRANGER]);
  });

  test('marks: mentioned, muted, who wrote in a group', async () => {
    await show(ChatList, {}, richCore());
    await tick();
    expect(row(GROUP).querySelector('[data-testid=mentioned]')).not.toBeNull();
    expect(row(GROUP).textContent).toMatch(/Mateo Ruiz:\s*@Su Ke can you check/u);
    expect(row(WANG).querySelector('[data-testid=unread]')?.className).toContain('muted');
  });

  test('the menu pins, mutes for a time, archives, and asks before it deletes', async () => {
    vi.useFakeTimers({ now: new Date(2026, 10, 21, 12), toFake: ['Date'] });
    const { core } = await show(ChatList, {}, richCore());
    await tick();
    const choose = async (...ids: string[]) => {
      await fireEvent.contextMenu(row('priya@example.net'), { clientX: 5, clientY: 5 });
      for (const id of ids) await fireEvent.click(screen.getByTestId(id));
    };
    await choose('pin');
    await choose('mute', 'chat.mute8h');
    await tick();
    await choose('unmute');
    await choose('archive');
    const now = Date.now();
    expect(asked(core, 'setConversation').map((args) => args[2])).toEqual([
      { pinned: true },
      { mutedUntil: now + 8 * 3_600_000 },
      { mutedUntil: 0 },
      { archived: true },
    ]);
    await fireEvent.contextMenu(row('mama@example.cn'), { clientX: 5, clientY: 5 });
    await fireEvent.click(screen.getByTestId('delete-chat'));
    expect(asked(core, 'deleteConversation')).toEqual([]);
    await fireEvent.click(screen.getByTestId('confirm'));
    expect(asked(core, 'deleteConversation')).toEqual([[1, 'mama@example.cn']]);
    vi.useRealTimers();
  });

  test('without the operations there is no menu', async () => {
    const core = richCore();
    core.messenger = {};
    await show(ChatList, {}, core);
    await tick();
    await fireEvent.contextMenu(row('priya@example.net'), { clientX: 5, clientY: 5 });
    expect(screen.queryByTestId('chat-menu')).toBeNull();
  });
});

describe('a stranger', () => {
  test('is not told that it was read, and can be accepted', async () => {
    const { core } = await show(ConversationPane, { jid: STRANGER }, richCore());
    await waitFor(() => screen.getByTestId('request-bar'));
    window.dispatchEvent(new Event('focus'));
    await tick();
    expect(asked(core, 'markDisplayed')).toEqual([]);
    expect(screen.queryByTestId('composer')).toBeNull();
    await fireEvent.click(screen.getByTestId('request-accept'));
    await waitFor(() => screen.getByTestId('composer'));
    expect(asked(core, 'acceptRequest')).toEqual([[1, STRANGER]]);
  });

  test('can be reported with a reason', async () => {
    const { core, app } = await show(ConversationPane, { jid: STRANGER }, richCore());
    await waitFor(() => screen.getByTestId('request-bar'));
    await fireEvent.click(screen.getByTestId('request-report'));
    await fireEvent.click(screen.getByText('Abuse'));
    await fireEvent.click(screen.getByTestId('block-confirm'));
    await waitFor(() => expect(app.people.blocked.has(STRANGER)).toBe(true));
    expect(asked(core, 'block')).toEqual([[1, STRANGER, 'abuse', [expect.any(String)]]]);
  });
});

describe('search', () => {
  test('by kind, in all chats', async () => {
    vi.useFakeTimers();
    const { core } = await show(ChatList, {}, richCore());
    await fireEvent.input(screen.getByTestId('chat-search'), { target: { value: 'a' } });
    await fireEvent.click(screen.getByTestId('filter-files'));
    await vi.advanceTimersByTimeAsync(200);
    const hits = screen.getAllByTestId('search-hit').map((hit) => hit.textContent);
    expect(hits.join()).toContain('trace.zip');
    expect(hits.join()).toContain('agenda-and-seating.pdf');
    expect(asked(core, 'search').at(-1)?.[1]).toMatchObject({ text: 'a', kind: 'files', conversation: null });
    vi.useRealTimers();
  });

  test('a jump far back loads what is around it, and the way to the end leads back', async () => {
    const { core, app } = await show(ConversationPane, { jid: LIN }, richCore());
    await waitFor(() => expect(app.messages.get(LIN)).toBeDefined());
    const old = core.data.messages.get(LIN)?.[50];
    app.view.target = old?.id ?? null;
    await waitFor(() => expect(app.messages.get(LIN)?.atEnd).toBe(false));
    await waitFor(() => expect(document.querySelector('.message.highlighted')).not.toBeNull());
    expect(document.querySelector<HTMLElement>('.message.highlighted')?.dataset['id']).toBe(old?.id);
    core.addMessage(LIN, 'incoming', 'news');
    expect(app.messages.get(LIN)?.messages.some((m) => m.content.kind === 'text' && m.content.text === 'news')).toBe(
      false,
    );
    await fireEvent.click(screen.getByTestId('jump-to-end'));
    await waitFor(() => expect(app.messages.get(LIN)?.atEnd).toBe(true));
    expect(app.messages.get(LIN)?.messages.some((m) => m.content.kind === 'text' && m.content.text === 'news')).toBe(
      true,
    );
  });

  test('in one chat for what somebody wrote, without a word of it', async () => {
    const { core } = await show(ConversationPane, { jid: GROUP }, richCore());
    await fireEvent.click(screen.getByTestId('search-in-chat'));
    const senders = screen.getByTestId<HTMLSelectElement>('filter-sender');
    await waitFor(() => expect([...senders.options].map(({ text }) => text)).toContain('Dana Whitfield'));
    expect([...senders.options].slice(0, 2).map(({ text }) => text)).toEqual(['Anybody', 'You']);
    await fireEvent.change(senders, { target: { value: 'dana@chat.example.org' } });
    await waitFor(() =>
      expect(asked(core, 'search').at(-1)?.[1]).toMatchObject({ text: '', sender: 'dana@chat.example.org' }),
    );
    await waitFor(() => expect(screen.getByText(/^1 of \d+$/u)).toBeDefined());
  });

  test('a date leads to its first message', async () => {
    const { core, app } = await show(ConversationPane, { jid: LIN }, richCore());
    await waitFor(() => expect(app.messages.get(LIN)).toBeDefined());
    await fireEvent.click(screen.getByTestId('search-in-chat'));
    const first = core.data.messages.get(LIN)?.[0];
    const day = new Date((first?.sentAt ?? 0) + 86_400_000);
    const two = (value: number) => String(value).padStart(2, '0');
    const value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
    await fireEvent.change(screen.getByTestId('date-input'), { target: { value } });
    const midnight = new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
    const expected = core.data.messages.get(LIN)?.find((message) => message.sentAt >= midnight);
    await waitFor(() =>
      expect(document.querySelector<HTMLElement>('.message.highlighted')?.dataset['id']).toBe(expected?.id),
    );
    expect(asked(core, 'messagesAround')[0]?.[2]).toEqual({ date: midnight });
  });
});

/** The mouse over a message, so that its buttons are there. */
async function pointAt(place: number) {
  // Rows above those on screen come with the next frames; the day stands above all.
  await waitFor(() => expect(screen.getByTestId('messages').querySelector('.day')).not.toBeNull());
  const row = screen.getAllByTestId('message')[place] as HTMLElement;
  await fireEvent.pointerMove(row);
  await waitFor(() => expect(row.querySelector('[data-testid=message-menu]')).not.toBeNull());
  return row;
}

describe('the rows of a conversation', () => {
  test('have one bar of buttons, which goes to the row that is meant', async () => {
    await show(ConversationPane, { jid: GROUP }, richCore());
    const first = await pointAt(0);
    const second = await pointAt(1);
    expect(screen.getAllByTestId('message-menu')).toHaveLength(1);
    expect(first.querySelector('[data-testid=message-menu]')).toBeNull();
    await fireEvent.pointerLeave(screen.getByTestId('messages').parentElement as HTMLElement);
    await waitFor(() => expect(second.querySelector('[data-testid=message-menu]')).toBeNull());
  });

  test('are reached by arrows, have a menu by Enter, and a bar for Tab', async () => {
    await show(ConversationPane, { jid: GROUP }, richCore());
    await waitFor(() => screen.getAllByTestId('message'));
    const list = screen.getByTestId('messages');
    const rows = screen.getAllByTestId('message');
    list.focus();
    await fireEvent.keyDown(list, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(rows.at(-1));
    await fireEvent.keyDown(rows.at(-1) as HTMLElement, { key: 'ArrowUp' });
    expect(document.activeElement).toBe(rows.at(-2));
    await waitFor(() => expect(rows.at(-2)?.querySelector('[data-testid=message-menu]')).not.toBeNull());
    await fireEvent.keyDown(rows.at(-2) as HTMLElement, { key: 'Enter' });
    expect(screen.getByTestId('message-actions')).toBeDefined();
  });

  test('have the menu where the mouse asks, and say the whole time', async () => {
    await show(ConversationPane, { jid: GROUP }, richCore());
    const row = await pointAt(0);
    const time = row.querySelector('time') as HTMLElement;
    await fireEvent.pointerMove(time);
    expect(time.title).toMatch(/20\d\d/u);
    await fireEvent.contextMenu(row, { clientX: 7, clientY: 9 });
    expect(screen.getByTestId('message-actions')).toBeDefined();
  });
});

describe('selection', () => {
  test('several messages are deleted together, and can be had back', async () => {
    const { app, core } = await show(ConversationPane, { jid: GROUP }, richCore());
    // Rows beside those on screen come with the next frames.
    const before = core.data.messages.get(GROUP)?.filter(({ content }) => content.kind !== 'notice').length ?? 0;
    await waitFor(() => expect(screen.getAllByTestId('message')).toHaveLength(before));
    await pointAt(0);
    await fireEvent.click(screen.getByTestId('message-menu'));
    await fireEvent.click(screen.getByTestId('action-select'));
    await fireEvent.click(screen.getAllByTestId('message')[1] as HTMLElement);
    expect(screen.getByTestId('selection').textContent).toContain('2 selected');
    await fireEvent.click(screen.getByTestId('delete-selected'));
    expect(screen.getAllByTestId('message')).toHaveLength(before - 2);
    expect(screen.getByTestId('undo-bar').textContent).toContain('2 messages deleted');
    await fireEvent.click(screen.getByTestId('undo'));
    expect(screen.getAllByTestId('message')).toHaveLength(before);
    expect(app.leaving.of(GROUP)).toEqual([]);
  });

  test('forwarding goes to all that were chosen', async () => {
    const { core } = await show(ConversationPane, { jid: GROUP }, richCore());
    await pointAt(0);
    await fireEvent.click(screen.getByTestId('message-menu'));
    await fireEvent.click(screen.getByTestId('action-forward'));
    for (const jid of [LIN, WANG])
      await fireEvent.click(document.querySelector(`[data-testid=forward-dialog] [data-jid="${jid}"]`) as HTMLElement);
    await fireEvent.click(screen.getByTestId('forward-send'));
    await waitFor(() => expect(screen.queryByTestId('forward-dialog')).toBeNull());
    expect(asked(core, 'forwardMessages')[0]?.[2]).toEqual([LIN, WANG]);
  });
});

test('receipts: who has read it, whom it has reached', async () => {
  await show(ConversationPane, { jid: GROUP }, richCore());
  await waitFor(() => expect(screen.getByTestId('messages').querySelector('.day')).not.toBeNull());
  const rows = screen.getAllByTestId('message');
  await pointAt(rows.findIndex((message) => message.dataset['direction'] === 'outgoing'));
  await fireEvent.click(screen.getByTestId('message-menu'));
  await fireEvent.click(screen.getByTestId('action-info'));
  await waitFor(() => expect(screen.getAllByTestId('receipt')).toHaveLength(3));
  expect(screen.getByTestId('receipts').textContent).toMatch(
    /Read by · 2.*Dana Whitfield.*Delivered to · 1.*night owl/su,
  );
});
