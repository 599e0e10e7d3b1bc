import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import { waitFor } from '../../testing/wait';
import { asked, show } from '../../testing/render';
import { LIN, sampleCore } from '../../testing/sample';
import ChatList from './ChatList.svelte';
import Composer from './Composer.svelte';
import ConversationPane from './ConversationPane.svelte';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const composer = () => screen.getByTestId<HTMLTextAreaElement>('composer');

describe('Composer', () => {
  const props = { jid: LIN, draft: '', ready: true, onsent: () => undefined };

  test('Enter sends, and the field is empty at once', async () => {
    const { core } = await show(Composer, props);
    await fireEvent.input(composer(), { target: { value: ' hello ' } });
    await fireEvent.keyDown(composer(), { key: 'Enter' });
    expect(composer().value).toBe('');
    expect(asked(core, 'sendMessage')).toEqual([
      [1, LIN, { content: { kind: 'text', text: 'hello' }, replyTo: null, mentions: [] }],
    ]);
  });

  test('Enter never sends while an input method composes, nor with Shift', async () => {
    const { core } = await show(Composer, props);
    await fireEvent.input(composer(), { target: { value: 'nihao' } });
    await fireEvent.keyDown(composer(), { key: 'Enter', isComposing: true });
    await fireEvent.keyDown(composer(), { key: 'Enter', keyCode: 229 });
    await fireEvent.keyDown(composer(), { key: 'Enter', shiftKey: true });
    expect(asked(core, 'sendMessage')).toEqual([]);
    expect(composer().value).toBe('nihao');
  });

  test('blank text is not sent; a refused one comes back', async () => {
    const { core, app } = await show(Composer, props);
    await fireEvent.input(composer(), { target: { value: '  \n ' } });
    await fireEvent.keyDown(composer(), { key: 'Enter' });
    expect(asked(core, 'sendMessage')).toEqual([]);
    core.refusals.set('sendMessage', 'diskFull');
    await fireEvent.input(composer(), { target: { value: 'again' } });
    await fireEvent.keyDown(composer(), { key: 'Enter' });
    await settled();
    await tick();
    expect(composer().value).toBe('again');
    expect(app.notices.list).toHaveLength(1);
  });

  test('typing is told, and the draft is kept when the chat is left', async () => {
    const { core, unmount } = await show(Composer, { ...props, draft: 'old' });
    expect(composer().value).toBe('old');
    await fireEvent.input(composer(), { target: { value: 'old and new' } });
    expect(asked(core, 'setTyping')).toEqual([[1, LIN, 'composing']]);
    unmount();
    expect(asked(core, 'saveDraft')).toEqual([[1, LIN, 'old and new']]);
    expect(asked(core, 'setTyping').at(-1)).toEqual([1, LIN, 'paused']);
  });

  test('an emoji goes where the cursor is', async () => {
    await show(Composer, props);
    await fireEvent.input(composer(), { target: { value: 'ab' } });
    composer().setSelectionRange(1, 1);
    await fireEvent.click(screen.getByTestId('emoji'));
    await waitFor(() => screen.getByText('😀'));
    await fireEvent.click(screen.getByText('😀'));
    await tick();
    expect(composer().value).toBe('a😀b');
  });
});

describe('ConversationPane', () => {
  test('shows the end of a long history with few rows, and what became of the messages', async () => {
    await show(ConversationPane, { jid: LIN });
    await settled();
    await tick();
    await settled();
    const rows = screen.getAllByTestId('message');
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.length).toBeLessThan(60);
    expect(rows.at(-1)?.textContent).toContain('Are you there?');
    expect(rows.at(-1)?.querySelector('[data-delivery]')?.getAttribute('aria-label')).toBe('Waiting to send');
  });

  test('a failed message can be sent again', async () => {
    const { core } = await show(ConversationPane, { jid: LIN });
    await settled();
    await tick();
    await settled();
    await fireEvent.click(screen.getByTestId('resend'));
    const failed = core.data.messages.get(LIN)?.find((message) => message.id === asked(core, 'resend')[0]?.[1]);
    expect(failed?.content).toEqual({ kind: 'text', text: 'On my way, ten minutes.' });
    await tick();
    expect(screen.queryByTestId('resend')).toBeNull();
  });

  test('what was seen is read, once, and only while somebody is there', async () => {
    const ZHOU = 'zhouyt@example.cn';
    const { core } = await show(ConversationPane, { jid: ZHOU });
    const tomorrow = Date.now() + 86_400_000;
    const marked = () => asked(core, 'markDisplayed').map((args) => args[2]);
    const last = () => core.data.messages.get(ZHOU)?.at(-1)?.id;
    window.dispatchEvent(new Event('focus'));
    await waitFor(() => expect(marked()).toEqual([last()]));
    window.dispatchEvent(new Event('blur'));
    core.addMessage(ZHOU, 'incoming', 'one', tomorrow);
    await settled();
    await tick();
    await settled();
    expect(marked()).toHaveLength(1);
    window.dispatchEvent(new Event('keydown'));
    await waitFor(() => expect(marked()).toHaveLength(2));
    expect(marked()[1]).toBe(last());
  });
});

describe('ChatList', () => {
  test('rows tell the last message, the draft and what is unread', async () => {
    await show(ChatList);
    await tick();
    const rows = screen.getAllByTestId('chat-row');
    const row = (jid: string) => rows.find((other) => other.dataset['jid'] === jid);
    expect(row('mateo.ruiz@example.net')?.textContent).toContain('Draft: I can send the numbers after lunch');
    expect(row('wangnan@example.cn')?.querySelector('[data-testid=unread]')?.textContent).toBe('12');
    expect(row('zhouyt@example.cn')?.textContent).toContain('Missed video call');
  });

  test('search narrows the chats at once and finds messages after a moment', async () => {
    vi.useFakeTimers();
    const core = sampleCore();
    await show(ChatList, {}, core);
    await fireEvent.input(screen.getByTestId('chat-search'), { target: { value: 'floor plan' } });
    expect(screen.queryByTestId('chat-row')).toBeNull();
    await vi.advanceTimersByTimeAsync(200);
    expect(screen.getByTestId('search-hit').textContent).toContain('floor plan');
    vi.useRealTimers();
  });
});
