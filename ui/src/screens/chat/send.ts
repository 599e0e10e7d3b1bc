/** What the composer hands to the core. */
import { unwrap } from '../../ipc/errors';
import type { PickedFile } from '../../ipc/messenger';
import type { AccountId, BareJid, Message, MessageId } from '../../ipc/types';
import { mentionsIn } from '../../lib/mentions';
import type { App } from '../../stores/app.svelte';
import type { Written } from './writing.svelte';

export async function sendWords(
  app: App,
  account: AccountId,
  jid: BareJid,
  { text: words, chosen }: Written,
  replyTo: MessageId | null,
): Promise<void> {
  const text = words.trim();
  if (!app.can('sendMessage')) {
    await unwrap(app.commands.sendText(account, jid, text));
    return;
  }
  const draft = { content: { kind: 'text', text } as const, replyTo, mentions: mentionsIn(text, chosen) };
  await unwrap(app.messenger.sendMessage(account, jid, draft));
}

/** A text that stayed the same is no edit. */
export async function sendEdit(
  app: App,
  account: AccountId,
  message: Message,
  { text: words, chosen }: Written,
): Promise<void> {
  const text = words.trim();
  if (message.content.kind !== 'text' || message.content.text === text) return;
  await unwrap(app.messenger.editMessage(account, message.id, text, mentionsIn(text, chosen)));
}

/** Dropped and pasted files go through the window's memory: larger ones are chosen in the system's dialog. */
export const LARGEST_DROP = 32 * 1024 * 1024;

/** A `data:` address of a file of the window. */
export function dataUrl(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(file);
  });
}

/** The bytes of a `data:` address, in base64. */
export const base64Of = (url: string) => url.slice(url.indexOf(',') + 1);

/** Sends files one after another; the caption belongs to the last one. */
export async function sendFiles(
  app: App,
  account: AccountId,
  jid: BareJid,
  files: readonly (File | PickedFile)[],
  caption: string,
  replyTo: MessageId | null,
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const path =
      file instanceof File ? await unwrap(app.messenger.keepFile(file.name, base64Of(await dataUrl(file)))) : file.path;
    const last = index === files.length - 1;
    const content = {
      kind: 'file',
      path,
      name: file.name,
      caption: last ? caption.trim() : '',
      voice: false,
    } as const;
    await unwrap(app.messenger.sendMessage(account, jid, { content, replyTo: index === 0 ? replyTo : null }));
  }
}
