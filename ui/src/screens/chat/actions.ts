/** Where presses on people and chats lead. */
import type { BareJid, CallMedia } from '../../ipc/types';
import type { App } from '../../stores/app.svelte';

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
