/** What people tell of themselves, who is blocked, and the own availability. Pure. */
import type { Availability, BareJid, Event, Profile } from '../ipc/types';

export interface PeopleState {
  profiles: ReadonlyMap<BareJid, Profile>;
  blocked: ReadonlySet<BareJid>;
  availability: Availability;
}

export const emptyPeople: PeopleState = {
  profiles: new Map(),
  blocked: new Set(),
  availability: { doNotDisturb: false, until: null, status: '' },
};

export function loadPeople(
  profiles: readonly Profile[],
  blocked: readonly BareJid[],
  availability: Availability,
): PeopleState {
  return {
    profiles: new Map(profiles.map((profile) => [profile.jid, profile])),
    blocked: new Set(blocked),
    availability,
  };
}

export function applyPeople(state: PeopleState, event: Event): PeopleState {
  switch (event.kind) {
    case 'profileChanged':
      return { ...state, profiles: new Map(state.profiles).set(event.profile.jid, event.profile) };
    case 'blockedChanged':
      return { ...state, blocked: new Set(event.blocked) };
    case 'availabilityChanged':
      return { ...state, availability: event.availability };
    default:
      return state;
  }
}

/** Whether nothing rings and nothing is told now. */
export function isDisturbable(availability: Availability, now: number): boolean {
  if (availability.doNotDisturb !== true) return true;
  return availability.until !== null && availability.until !== undefined && availability.until <= now;
}
