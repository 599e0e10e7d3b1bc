/** Who stands where in a group, and who may do what to whom (XEP-0045 §5.2.1). */
import type { GroupMember } from '../../ipc/messenger';
import type { GroupRole } from '../../ipc/types';

const RANK: Readonly<Record<GroupRole, number>> = { owner: 4, admin: 3, member: 2, guest: 1, banned: 0 };

/** Owners first, then by name. The banned are not members. */
export function sortedMembers(members: readonly GroupMember[], name: (member: GroupMember) => string): GroupMember[] {
  return members
    .filter((member) => member.role !== 'banned')
    .sort((a, b) => RANK[b.role] - RANK[a.role] || name(a).localeCompare(name(b)));
}

/** Only an owner makes admins, and never of another owner. A room that hides addresses has nobody to name. */
export function mayPromote(own: GroupRole, member: GroupMember): boolean {
  return own === 'owner' && !member.own && member.role !== 'owner' && member.who.jid !== null;
}

/** Owners remove everybody but owners, admins those below them. */
export function mayRemove(own: GroupRole, member: GroupMember): boolean {
  if (member.own || (own !== 'owner' && own !== 'admin')) return false;
  return RANK[own] > RANK[member.role];
}
