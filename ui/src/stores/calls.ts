/** Calls of this device (all accounts) and the call list of the shown account. Pure. */
import type {
  AudioLevel,
  CallId,
  CallRecord,
  CallRecordPage,
  CallSnapshot,
  EventEnvelope,
  RingKind,
} from '../ipc/types';

export interface CallsState {
  /** Calls that are not over. */
  live: readonly CallSnapshot[];
  /** How each incoming call makes itself known, as far as the core has said. */
  rings: ReadonlyMap<CallId, RingKind>;
  /** The call that ended last, until its end screen is closed. */
  ended: CallSnapshot | null;
  /** Newest first. */
  records: readonly CallRecord[];
  /** Where the next page of records begins; 0: there are no more. */
  next: number;
  loaded: boolean;
}

export const emptyCalls: CallsState = {
  live: [],
  rings: new Map(),
  ended: null,
  records: [],
  next: 0,
  loaded: false,
};

/** Levels come twenty times a second and so live outside of the state that rows and lists look at. */
export interface LevelState {
  call: CallId | null;
  level: AudioLevel;
}
export const silence: LevelState = { call: null, level: { local: 0, remote: 0 } };

export function loadLive(state: CallsState, live: readonly CallSnapshot[]): CallsState {
  return { ...state, live: live.filter((call) => call.phase.kind !== 'ended') };
}

export function loadRecords(state: CallsState, page: CallRecordPage, cursor: number): CallsState {
  const known = cursor === 0 ? [] : state.records;
  const ids = new Set(known.map((record) => record.id));
  const records = [...known, ...page.records.filter((record) => !ids.has(record.id))];
  return { ...state, records, next: page.next, loaded: true };
}

function without(rings: ReadonlyMap<CallId, RingKind>, call: CallId): ReadonlyMap<CallId, RingKind> {
  if (!rings.has(call)) return rings;
  return new Map([...rings].filter(([other]) => other !== call));
}

/** What was never shown on a call screen needs no end screen: it rang here and was settled without this device. */
function endsQuietly(call: CallSnapshot): boolean {
  if (call.phase.kind !== 'ended' || call.direction === 'outgoing') return false;
  switch (call.phase.reason.kind) {
    case 'cancelled':
    case 'rejected':
    case 'busy':
    case 'timeout':
    case 'unavailable':
    case 'answeredElsewhere':
    case 'declinedElsewhere':
      return true;
    case 'completed':
    case 'takenOver':
    case 'connectFailed':
    case 'connectionLost':
    case 'failed':
      return false;
  }
}

export function applyCalls(state: CallsState, { event }: EventEnvelope): CallsState {
  switch (event.kind) {
    case 'callChanged': {
      const { call } = event;
      const others = state.live.filter((other) => other.id !== call.id);
      if (call.phase.kind === 'ended')
        return {
          ...state,
          live: others,
          rings: without(state.rings, call.id),
          ended: endsQuietly(call) ? state.ended : call,
        };
      const at = state.live.findIndex((other) => other.id === call.id);
      const live = at < 0 ? [...state.live, call] : state.live.with(at, call);
      // A new call of ours takes the place of the last one's end screen.
      const ended = at < 0 && call.direction === 'outgoing' ? null : state.ended;
      return { ...state, live, ended };
    }
    case 'callRinging':
      return { ...state, rings: new Map(state.rings).set(event.call, event.ring) };
    case 'callDiscarded':
      return {
        ...state,
        live: state.live.filter((call) => call.id !== event.call),
        ended: state.ended?.id === event.call ? null : state.ended,
        rings: without(state.rings, event.call),
        records: state.records.filter((record) => record.id !== event.call),
      };
    case 'callRecorded': {
      const rest = state.records.filter((record) => record.id !== event.record.id);
      const at = rest.findIndex((record) => record.startedAt <= event.record.startedAt);
      return { ...state, records: rest.toSpliced(at < 0 ? rest.length : at, 0, event.record) };
    }
    default:
      return state;
  }
}

export function applyLevels(state: LevelState, { event }: EventEnvelope): LevelState {
  if (event.kind === 'audioLevels') return { call: event.call, level: event.level };
  if (event.kind === 'callChanged' && event.call.phase.kind === 'ended' && event.call.id === state.call) return silence;
  return state;
}

/** An incoming call that still rings on this device. */
export function isRinging(call: CallSnapshot): boolean {
  return call.direction === 'incoming' && call.phase.kind === 'calling';
}

/** The call that has the call screen: the one that is not ringing and not held, else a held one. */
export function activeCall(state: CallsState): CallSnapshot | null {
  const taken = state.live.filter((call) => !isRinging(call));
  return taken.find((call) => !call.local.held) ?? taken[0] ?? null;
}

/** How a call rings; what was told before a reload still counts, else its own flag decides. */
export function ringOf(state: CallsState, call: CallSnapshot): RingKind {
  return state.rings.get(call.id) ?? (call.waiting ? 'waiting' : 'loud');
}

/** The call that rings on screen. Silent ones (strangers, by the settings) are only listed. */
export function ringingCall(state: CallsState): CallSnapshot | null {
  return state.live.find((call) => isRinging(call) && ringOf(state, call) !== 'silent') ?? null;
}

/** Missed: it rang here and nobody answered on any own device. */
export function isMissed(record: CallRecord): boolean {
  if (record.direction !== 'incoming' || record.answeredAt !== null || record.reason === null) return false;
  return record.reason.kind === 'timeout' || record.reason.kind === 'cancelled';
}
