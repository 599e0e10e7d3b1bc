/** Who wrote something: compared as the core does, named, and given a colour. */
import type { Sender } from '../ipc/types';

/** As the core compares them (`Sender::is`), and by name where a room tells nothing else. */
export function isSameSender(a: Sender, b: Sender): boolean {
  if (a.occupant !== null && b.occupant !== null) return a.occupant === b.occupant;
  if (a.jid !== null || b.jid !== null) return a.jid === b.jid && (a.jid !== null || a.nickname === b.nickname);
  return a.nickname === b.nickname;
}

/** What a sender's colour is made from (XEP-0392): the address, else what stays the same for longest. */
export function colourKey(sender: Sender): string {
  return sender.jid ?? sender.occupant ?? sender.nickname;
}
