/** Where presses on people and chats lead. */
import type { ConversationChange } from '../../ipc/messenger';
import type { BareJid, CallMedia, Conversation } from '../../ipc/types';
import type { App } from '../../stores/app.svelte';
import { MUTED_FOR_EVER } from '../../stores/conversations';

/** Opens the conversation with somebody; a call becomes the small picture. */
export function openChat(app: App, jid: BareJid, target: string | null = null): void {
  app.view.section = 'chats';
  app.view.conversation = jid;
  app.view.target = target;
  app.view.call = 'small';
  if (app.calls.live.length === 0) app.closeEnded();
}

/** Calls somebody. The call screen comes with the first `callChanged`. */
export function call(app: App, jid: BareJid, media: CallMedia): void {
  const account = app.account?.id;
  if (account !== undefined) void app.run(app.commands.placeCall(account, jid, media, null, null));
}

/** Whether a chat has anything in its menu. */
export const hasMenu = (app: App, conversation: Conversation): boolean =>
  app.can('setConversation') || app.can('deleteConversation') || conversation.unread > 0;

export function changeChat(app: App, jid: BareJid, change: ConversationChange): void {
  const account = app.account?.id;
  if (account !== undefined) void app.run(app.messenger.setConversation(account, jid, change));
}

const HOUR_MS = 3_600_000;
export const MUTE_TIMES = [
  { label: 'chat.mute1h', ms: HOUR_MS },
  { label: 'chat.mute8h', ms: 8 * HOUR_MS },
  { label: 'chat.muteWeek', ms: 7 * 24 * HOUR_MS },
  { label: 'chat.muteEver', ms: null },
] as const;

/** For so many milliseconds; `null`: until it is changed; 0: no more. */
export function mute(app: App, jid: BareJid, ms: number | null): void {
  const mutedUntil = ms === null ? MUTED_FOR_EVER : ms === 0 ? 0 : Date.now() + ms;
  changeChat(app, jid, { mutedUntil });
}

/** All of it, without opening it. */
export function markRead(app: App, { jid, last }: Conversation): void {
  const account = app.account?.id;
  if (account !== undefined && last !== null) void app.run(app.commands.markDisplayed(account, jid, last.id));
}
