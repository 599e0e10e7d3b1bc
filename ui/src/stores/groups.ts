/** The groups of the shown account, and invitations and applications that wait for an answer. Pure. */
import type { BareJid, Event, Group, GroupRequest } from '../ipc/types';

export interface GroupsState {
  groups: ReadonlyMap<BareJid, Group>;
  /** Newest first. */
  requests: readonly GroupRequest[];
  /** Grows with each change of a group's members, so that a list on screen asks again. */
  changes: ReadonlyMap<BareJid, number>;
}

export const emptyGroups: GroupsState = { groups: new Map(), requests: [], changes: new Map() };

export function loadGroups(groups: readonly Group[], requests: readonly GroupRequest[]): GroupsState {
  return { groups: new Map(groups.map((group) => [group.jid, group])), requests, changes: new Map() };
}

type RequestKey = Pick<GroupRequest, 'group' | 'from' | 'kind'>;
const isSame = (a: RequestKey, b: RequestKey) => a.group === b.group && a.from === b.from && a.kind === b.kind;

export function applyGroups(state: GroupsState, event: Event): GroupsState {
  switch (event.kind) {
    case 'groupChanged':
      return { ...state, groups: new Map(state.groups).set(event.group.jid, event.group) };
    case 'groupRemoved': {
      const groups = new Map(state.groups);
      groups.delete(event.jid);
      return { ...state, groups };
    }
    case 'groupMembersChanged':
      return {
        ...state,
        changes: new Map(state.changes).set(event.group, (state.changes.get(event.group) ?? 0) + 1),
      };
    case 'groupRequested':
      return {
        ...state,
        requests: [event.request, ...state.requests.filter((other) => !isSame(other, event.request))],
      };
    case 'groupRequestSettled': {
      const settled = { group: event.group, from: event.from, kind: event.request };
      return { ...state, requests: state.requests.filter((other) => !isSame(other, settled)) };
    }
    default:
      return state;
  }
}
