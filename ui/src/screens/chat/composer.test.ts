/** Answers, edits, mentions and files in the composer. */
import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../ipc/types';
import { ChatView } from '../../stores/chat-view.svelte';
import { FakeCore } from '../../testing/fake';
import { asked, show } from '../../testing/render';
import { LIN, ME, sampleCore, sampleData } from '../../testing/sample';
import { addMessengerSample, GROUP } from '../../testing/sample-messenger';
import { waitFor } from '../../testing/wait';
import Composer from './Composer.svelte';

const composer = () => screen.getByTestId<HTMLTextAreaElement>('composer');
const type = (value: string) => fireEvent.input(composer(), { target: { value } });
const press = (key: string, more: Partial<KeyboardEventInit> = {}) => fireEvent.keyDown(composer(), { key, ...more });
const props = { jid: LIN, draft: '', ready: true, onsent: () => undefined };

/** With the last messages of the conversation loaded, as in an open chat. */
async function open(core = sampleCore(), jid = LIN) {
  const chat = new ChatView();
  const view = await show(Composer, { ...props, jid }, core, chat);
  await view.app.openConversation(jid);
  return { ...view, chat };
}
const lastOf = (core: FakeCore, check: (message: Message) => boolean) => core.data.messages.get(LIN)?.findLast(check);

describe('answering', () => {
  test('the banner names whom; the answer goes with the message; a refusal brings both back', async () => {
    const { core, chat } = await open();
    const message = lastOf(core, (other) => other.direction === 'incoming' && other.content.kind === 'text');
    if (message === undefined) throw new Error('no message');
    chat.reply(message);
    await tick();
    expect(screen.getByTestId('reply-banner').textContent).toContain('Reply to Lin Xiao');
    await type('yes');
    core.refusals.set('sendMessage', 'diskFull');
    await press('Enter');
    await waitFor(() => expect(composer().value).toBe('yes'));
    expect(chat.replyTo).toBe(message);
    await press('Enter');
    expect(chat.replyTo).toBeNull();
    const sent = asked(core, 'sendMessage').at(-1)?.[2];
    expect(sent).toEqual({ content: { kind: 'text', text: 'yes' }, replyTo: message.id, mentions: [] });
  });

  test('Ctrl and arrows go through what can be answered', async () => {
    const { chat } = await open();
    await press('ArrowUp', { ctrlKey: true });
    const first = chat.replyTo;
    await press('ArrowUp', { ctrlKey: true });
    expect(chat.replyTo?.sentAt).toBeLessThan(first?.sentAt ?? 0);
    await press('ArrowDown', { ctrlKey: true });
    expect(chat.replyTo).toBe(first);
    await press('ArrowDown', { ctrlKey: true });
    expect(chat.replyTo).toBeNull();
  });
});

describe('editing', () => {
  test('arrow up in an empty field edits the last own message that is out; Enter saves; the draft comes back', async () => {
    const { core, chat } = await open();
    await press('ArrowUp');
    await tick();
    const own = lastOf(core, (other) => other.content.kind === 'text' && other.delivery.kind === 'read');
    expect(chat.editing?.id).toBe(own?.id);
    await waitFor(() => expect(composer().value).toContain('I also printed the agenda'));
    await type('nothing was printed');
    await press('Enter');
    expect(asked(core, 'editMessage')).toEqual([[1, own?.id, 'nothing was printed', []]]);
    expect(asked(core, 'sendMessage')).toEqual([]);
    await waitFor(() => expect(composer().value).toBe(''));
  });

  test('what was being written waits until the edit is over, and is what is kept as the draft', async () => {
    const { core, chat, unmount } = await open();
    await type('half a tho');
    const own = lastOf(core, (other) => other.delivery.kind === 'read' && other.content.kind === 'text');
    chat.edit(own as Message);
    await waitFor(() => expect(composer().value).not.toBe('half a tho'));
    chat.settle();
    await waitFor(() => expect(composer().value).toBe('half a tho'));
    chat.edit(own as Message);
    await tick();
    unmount();
    expect(asked(core, 'saveDraft')).toEqual([[1, LIN, 'half a tho']]);
  });

  test('a text that stayed the same is no edit', async () => {
    const { core } = await open();
    await press('ArrowUp');
    await tick();
    await press('Enter');
    expect(asked(core, 'editMessage')).toEqual([]);
  });

  test('arrow up in a text moves the cursor, and does nothing where edits do not exist', async () => {
    const core = sampleCore();
    core.messenger = {};
    const { chat } = await open(core);
    await press('ArrowUp');
    expect(chat.editing).toBeNull();
  });
});

describe('mentioning', () => {
  const groupCore = () => {
    const data = sampleData(false, Date.now());
    addMessengerSample(data, false, Date.now(), LIN, ME);
    return new FakeCore(data);
  };

  test('names are offered, chosen with the keyboard, and sent with their places', async () => {
    const { core } = await open(groupCore(), GROUP);
    await type('😀 @ma');
    await waitFor(() => expect(screen.getByTestId('mentions').textContent).toContain('Mateo Ruiz'));
    await press('Enter');
    expect(asked(core, 'sendMessage')).toEqual([]);
    await waitFor(() => expect(composer().value).toBe('😀 @Mateo Ruiz '));
    await press('Enter');
    expect(asked(core, 'sendMessage')[0]?.[2]).toEqual({
      content: { kind: 'text', text: '😀 @Mateo Ruiz' },
      replyTo: null,
      mentions: [{ of: { kind: 'person', jid: 'mateo.ruiz@example.net' }, begin: 2, end: 13 }],
    });
  });

  test('an input method keeps its keys, Escape closes the list, everybody can be called', async () => {
    const { core } = await open(groupCore(), GROUP);
    await type('@every');
    await waitFor(() => screen.getByTestId('mentions'));
    await press('Enter', { isComposing: true });
    await press('Enter', { keyCode: 229 });
    expect(composer().value).toBe('@every');
    await press('Tab');
    await waitFor(() => expect(composer().value).toBe('@everyone '));
    await type('@everyone @');
    await waitFor(() => screen.getByTestId('mentions'));
    await press('Escape');
    expect(screen.queryByTestId('mentions')).toBeNull();
    await press('Enter');
    expect(asked(core, 'sendMessage')[0]?.[2]).toMatchObject({
      mentions: [{ of: { kind: 'everybody' }, begin: 0, end: 9 }],
    });
  });

  test('there is no list in a conversation of two', async () => {
    await open();
    await type('@');
    await tick();
    expect(screen.queryByTestId('mentions')).toBeNull();
  });
});

describe('files', () => {
  test('chosen ones are shown before they are sent', async () => {
    const { core } = await open();
    await fireEvent.click(screen.getByTestId('attach'));
    await waitFor(() => screen.getByTestId('send-files'));
    expect(screen.getByTestId('send-files').textContent).toMatch(/plan\.pdf\s*480 KB/u);
    await fireEvent.input(screen.getByTestId('caption'), { target: { value: 'the plan ' } });
    await fireEvent.keyDown(screen.getByTestId('caption'), { key: 'Enter', keyCode: 229 });
    expect(asked(core, 'sendMessage')).toEqual([]);
    await fireEvent.keyDown(screen.getByTestId('caption'), { key: 'Enter' });
    await waitFor(() => expect(screen.queryByTestId('send-files')).toBeNull());
    expect(asked(core, 'sendMessage')[0]?.[2]).toEqual({
      content: { kind: 'file', path: '/home/su/plan.pdf', name: 'plan.pdf', caption: 'the plan', voice: false },
      replyTo: null,
    });
  });

  test('a pasted picture is kept by the core first', async () => {
    const { core } = await open();
    const picture = new File([new Uint8Array([1, 2, 3])], 'shot.png', { type: 'image/png' });
    const paste = new Event('paste', { bubbles: true, cancelable: true });
    Object.assign(paste, { clipboardData: { files: [picture] } });
    composer().dispatchEvent(paste);
    await waitFor(() => expect(screen.getByTestId('send-files').textContent).toContain('Send a picture'));
    await fireEvent.click(screen.getByTestId('send-files-go'));
    await waitFor(() => expect(asked(core, 'sendMessage')).toHaveLength(1));
    expect(asked(core, 'keepFile')).toEqual([['shot.png', 'AQID']]);
  });

  test('what the server does not take is not sent', async () => {
    const core = sampleCore();
    const [account] = core.data.accounts;
    if (account) core.data.accounts = [{ ...account, server: { ...account.server, maxUpload: 1000 } }];
    await open(core);
    await fireEvent.click(screen.getByTestId('attach'));
    await waitFor(() => screen.getByTestId('send-error'));
    expect(screen.getByTestId('send-error').textContent).toContain('1 KB');
    expect(screen.getByTestId('send-files-go')).toHaveProperty('disabled', true);
  });

  test('a server without uploads has no paper clip', async () => {
    const core = sampleCore();
    const [account] = core.data.accounts;
    if (account) core.data.accounts = [{ ...account, server: { ...account.server, upload: false } }];
    await open(core);
    expect(screen.queryByTestId('attach')).toBeNull();
  });
});
