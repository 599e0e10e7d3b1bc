/** What presses on a message do. */
import type { Message } from '../../ipc/types';
import { wordsOf, type MessageAction } from '../../lib/message-actions';
import type { App } from '../../stores/app.svelte';
import type { ChatView } from '../../stores/chat-view.svelte';

/** Reacts with an emoji, or takes it back. */
export function react(app: App, message: Message, emoji: string): void {
  const account = app.account?.id;
  if (account === undefined) return;
  const own = message.reactions.filter((reaction) => reaction.own).map((reaction) => reaction.emoji);
  const emojis = own.includes(emoji) ? own.filter((other) => other !== emoji) : [...own, emoji];
  void app.run(app.messenger.react(account, message.id, emojis));
}

export async function copyText(app: App, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    app.notify({ kind: 'done', what: 'copied' });
  } catch (error) {
    app.fail(error);
  }
}

export async function save(app: App, message: Message): Promise<void> {
  const account = app.account?.id;
  if (account === undefined) return;
  const path = await app.run(app.messenger.saveAttachment(account, message.id));
  if (path) app.notify({ kind: 'done', what: 'saved' });
}

export function open(app: App, message: Message): void {
  const account = app.account?.id;
  if (account !== undefined) void app.run(app.messenger.openAttachment(account, message.id));
}

export function download(app: App, message: Message): void {
  const account = app.account?.id;
  if (account !== undefined) void app.run(app.messenger.download(account, message.id));
}

export function cancelTransfer(app: App, message: Message): void {
  const account = app.account?.id;
  if (account !== undefined) void app.run(app.messenger.cancelTransfer(account, message.id));
}

export function resend(app: App, message: Message): void {
  const account = app.account?.id;
  if (account !== undefined) void app.run(app.commands.resend(account, message.id));
}

/** One of the menu's. `react` has its own row of emoji. */
export function perform(app: App, chat: ChatView, message: Message, action: MessageAction): void {
  switch (action) {
    case 'reply':
      chat.reply(message);
      break;
    case 'edit':
      chat.edit(message);
      break;
    case 'copy':
      void copyText(app, wordsOf(message) ?? '');
      break;
    case 'forward':
      chat.forwarding = [message];
      break;
    case 'save':
      void save(app, message);
      break;
    case 'open':
      open(app, message);
      break;
    case 'select':
      chat.toggle(message.id);
      break;
    case 'delete':
      app.leaving.add(message.conversation, [message.id]);
      break;
    case 'info':
      chat.receipts = message;
      break;
    case 'recall':
      chat.recalling = message;
      break;
    case 'moderate':
      chat.moderating = message;
      break;
    case 'react':
      break;
  }
}
