/** Answers, edits, mentions and files in the composer. */
import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import type { Message } from '../../ipc/types';
import { ChatView } from '../../stores/chat-view.svelte';
import { FakeCore } from '../../testing/fake';
import { asked, show } from '../../testing/render';
import { LIN, ME, sampleCore, sampleData } from '../../testing/sample';
import { addMessengerSample, GROUP } from '../../testing/sample-messenger';
import { waitFor } from '../../testing/wait';
import Composer from './Composer.svelte';
import ConversationPane from './ConversationPane.svelte';

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
    await fireEvent.click(screen.getByTestId('attach-files'));
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

  test('what the window does not get of the clipboard is asked of the shell; words stay words', async () => {
    const { core } = await open();
    let asks = 0;
    core.messenger.pasteFiles = () => {
      asks++;
      const data = [{ path: '/tmp/image.png', name: 'image.png', size: 1000, preview: null }];
      return Promise.resolve({ status: 'ok', data });
    };
    const paste = (types: string[], uris = '') => {
      const event = new Event('paste', { bubbles: true, cancelable: true });
      Object.assign(event, { clipboardData: { files: [], types, getData: () => uris } });
      composer().dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(paste(['text/plain'])).toBe(false);
    expect(paste(['text/plain', 'text/uri-list'], 'https://example.org/')).toBe(false);
    // Words of a program that names no type: the field has them, nobody is asked.
    expect(paste([])).toBe(false);
    await type('words');
    await new Promise((done) => setTimeout(done));
    expect(asks).toBe(0);
    expect(paste(['text/plain', 'text/uri-list'], 'file:///tmp/a')).toBe(true);
    await waitFor(() => expect(screen.getByTestId('send-files').textContent).toContain('image.png'));
    await type('');
    expect(paste([])).toBe(false);
    await waitFor(() => expect(asks).toBe(2));
    await waitFor(() => expect(screen.getByTestId('send-files').textContent).toContain('image.png'));
  });

  test('files that the shell sees over the window are offered where they are dropped', async () => {
    const { core } = await show(ConversationPane, { jid: LIN });
    await waitFor(() => composer());
    core.drag({ kind: 'over' });
    await waitFor(() => screen.getByTestId('drop-hint'));
    core.drag({ kind: 'left' });
    await waitFor(() => expect(screen.queryByTestId('drop-hint')).toBeNull());
    core.drag({ kind: 'dropped', files: [{ path: '/tmp/a.txt', name: 'a.txt', size: 10, preview: null }] });
    await waitFor(() => expect(screen.getByTestId('send-files').textContent).toContain('a.txt'));
  });

  test('what the server does not take is not sent', async () => {
    const core = sampleCore();
    const [account] = core.data.accounts;
    if (account) core.data.accounts = [{ ...account, server: { ...account.server, maxUpload: 1000 } }];
    await open(core);
    await fireEvent.click(screen.getByTestId('attach'));
    await fireEvent.click(screen.getByTestId('attach-files'));
    await waitFor(() => screen.getByTestId('send-error'));
    expect(screen.getByTestId('send-error').textContent).toContain('1 KB');
    expect(screen.getByTestId('send-files-go')).toHaveProperty('disabled', true);
  });

  test('a server without uploads takes neither files nor voice, but places', async () => {
    const core = sampleCore();
    const [account] = core.data.accounts;
    if (account) core.data.accounts = [{ ...account, server: { ...account.server, upload: false } }];
    await open(core);
    expect(screen.queryByTestId('record')).toBeNull();
    await fireEvent.click(screen.getByTestId('attach'));
    expect(screen.queryByTestId('attach-files')).toBeNull();
    expect(screen.getByTestId('attach-location')).toBeTruthy();
  });
});

describe('places', () => {
  test('a pasted link is read, shown, named and sent; nothing is sent of what is no place', async () => {
    const { core } = await open();
    await fireEvent.click(screen.getByTestId('attach'));
    await fireEvent.click(screen.getByTestId('attach-location'));
    const where = screen.getByTestId('place-where');
    await fireEvent.input(where, { target: { value: 'the harbour' } });
    expect(screen.getByTestId('place-error')).toBeTruthy();
    await fireEvent.keyDown(where, { key: 'Enter' });
    expect(asked(core, 'sendMessage')).toEqual([]);
    await fireEvent.input(where, { target: { value: 'geo:53.5436,9.988' } });
    expect(screen.getByTestId('location').textContent).toContain('53.5436° N, 9.9880° E');
    await fireEvent.input(screen.getByTestId('place-name'), { target: { value: 'Harbour Hall ' } });
    await fireEvent.keyDown(screen.getByTestId('place-name'), { key: 'Enter', isComposing: true });
    expect(asked(core, 'sendMessage')).toEqual([]);
    await fireEvent.keyDown(screen.getByTestId('place-name'), { key: 'Enter' });
    await waitFor(() => expect(screen.queryByTestId('send-location')).toBeNull());
    expect(asked(core, 'sendMessage')[0]?.[2]).toEqual({
      content: { kind: 'location', location: { latitude: 53.5436, longitude: 9.988, address: 'Harbour Hall' } },
      replyTo: null,
    });
  });
});

describe('voice', () => {
  const progress = (core: FakeCore, elapsedMs: number, ended: 'callStarted' | null = null) =>
    core.emit({ kind: 'recordingProgressed', progress: { elapsedMs, level: 40, ended } });

  test('the microphone opens with a press, and the clip is sent as one', async () => {
    const { core, chat } = await open();
    expect(asked(core, 'startRecording')).toEqual([]);
    await fireEvent.click(screen.getByTestId('record'));
    await waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('open'));
    progress(core, 7000);
    await tick();
    expect(screen.getByTestId('recording').textContent).toContain('0:07');
    await fireEvent.click(screen.getByTestId('recording').querySelector('[data-testid="send"]') as HTMLElement);
    await waitFor(() => expect(screen.queryByTestId('recording')).toBeNull());
    expect(asked(core, 'sendMessage')[0]?.[2]).toEqual({
      content: { kind: 'file', path: '/tmp/voice message.ogg', name: null, caption: '', voice: true },
      replyTo: null,
    });
    expect(chat.focusRequests).toBeGreaterThan(0);
  });

  test('what was said can be heard before it is sent', async () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const { core } = await open();
    await fireEvent.click(screen.getByTestId('record'));
    await vi.waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('open'));
    await fireEvent.click(screen.getByTestId('recording-stop'));
    await vi.waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('kept'));
    const button = () => screen.getByTestId('recording-play');
    const wave = screen.getByRole('slider');
    expect([button().getAttribute('aria-label'), wave.getAttribute('aria-valuetext')]).toEqual([
      'Listen before sending',
      '0:00 of 0:04',
    ]);
    await fireEvent.click(button());
    await vi.advanceTimersByTimeAsync(1100);
    expect(wave.getAttribute('aria-valuetext')).toBe('0:01 of 0:04');
    await fireEvent.click(button());
    await fireEvent.keyDown(wave, { key: 'ArrowRight' });
    await fireEvent.click(button());
    expect(asked(core, 'playRecording')).toEqual([
      ['/tmp/voice message.ogg', 0, 'normal'],
      ['/tmp/voice message.ogg', 3100, 'normal'],
    ]);
    // Whoever sends it has heard enough.
    await fireEvent.click(screen.getByTestId('recording').querySelector('[data-testid="send"]') as HTMLElement);
    await vi.waitFor(() => expect(asked(core, 'sendMessage')).toHaveLength(1));
    expect(asked(core, 'playVoice').at(-1)).toEqual([1, null, 0, 'normal']);
    vi.useRealTimers();
  });

  test('a call that begins ends it: it waits, says why, and can be discarded', async () => {
    const { core } = await open();
    await fireEvent.click(screen.getByTestId('record'));
    await waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('open'));
    progress(core, 3000, 'callStarted');
    await waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('kept'));
    expect(screen.getByRole('status').textContent).toContain('a call began');
    await fireEvent.click(screen.getByTestId('recording-discard'));
    expect(screen.queryByTestId('recording')).toBeNull();
    expect(asked(core, 'discardFile')).toEqual([['/tmp/voice message.ogg']]);
  });

  test('Escape stops without losing anything; who writes is not asked to speak', async () => {
    const { core } = await open();
    await fireEvent.click(screen.getByTestId('record'));
    await waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('open'));
    await fireEvent.keyDown(screen.getByTestId('recording'), { key: 'Escape' });
    await waitFor(() => expect(screen.getByTestId('recording').dataset.state).toBe('kept'));
    await fireEvent.click(screen.getByTestId('recording-discard'));
    await type('words');
    expect(screen.queryByTestId('record')).toBeNull();
    expect(asked(core, 'cancelRecording')).toEqual([]);
  });

  test('in a call there is none, and it says so', async () => {
    const { core, app } = await open();
    core.refusals.set('startRecording', 'busy');
    await fireEvent.click(screen.getByTestId('record'));
    await waitFor(() => expect(app.notices.list[0]?.body).toMatchObject({ kind: 'failed', code: 'voiceDuringCall' }));
    expect(screen.queryByTestId('recording')).toBeNull();
  });
});
