/** Where a pressed notification leads, and an `xmpp:` link of a message or of another program. */
import type { NoticeOpened } from '../../ipc/types';
import { xmppTarget } from '../../lib/links';
import type { App } from '../../stores/app.svelte';
import { openChat } from '../chat/actions';

export async function follow(app: App, { account, place }: NoticeOpened): Promise<void> {
  try {
    if (!(await app.show(account))) return;
  } catch (error) {
    app.fail(error);
    return;
  }
  app.view.uncover();
  switch (place.kind) {
    case 'conversation':
      openChat(app, place.jid);
      break;
    case 'contacts':
      // The list, which has who asks for something, also where only one pane is seen.
      app.view.contact = null;
      app.view.go('contacts');
      break;
    case 'calls':
      app.view.record = null;
      app.view.go('calls');
      break;
  }
}

/** To the person or the group of an `xmpp:` link. A group that one is in is gone to; any other is looked at first. */
export function followLink(app: App, link: string): void {
  const target = xmppTarget(link);
  if (target === null) return;
  app.view.uncover();
  const inside = app.groups.groups.get(target.jid)?.state.kind === 'joined';
  if (target.join && !inside && app.can('joinGroup')) app.view.joinGroup = link;
  else openChat(app, target.jid);
}
