/** Short notes at the edge of the window: things that a person should read once. Pure. */
import type { DeviceKind, EventEnvelope } from '../ipc/types';

/** What the person did and is told to be done; words: `notice.…`. */
export type Done =
  'copied' | 'requestSent' | 'saved' | 'forwarded' | 'reported' | 'passwordChanged' | 'backedUp' | 'exported';

export type NoticeBody =
  | { kind: 'deviceReplaced'; device: DeviceKind; lost: string; replacement: string | null }
  | { kind: 'deviceFailed'; device: DeviceKind; code: string }
  | { kind: 'warning'; code: string; detail: string }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'answeredElsewhere'; jid: string }
  | { kind: 'declined'; jid: string; reason: string }
  | { kind: 'done'; what: Done };

export interface Notice {
  id: number;
  body: NoticeBody;
}

/** More would hide the window; the oldest leave first. */
const MOST = 4;

export interface NoticesState {
  list: readonly Notice[];
  lastId: number;
}
export const noNotices: NoticesState = { list: [], lastId: 0 };

export function addNotice(state: NoticesState, body: NoticeBody): NoticesState {
  const id = state.lastId + 1;
  // The same thing said again replaces what stands there.
  const others = state.list.filter((notice) => JSON.stringify(notice.body) !== JSON.stringify(body));
  return { list: [...others, { id, body }].slice(-MOST), lastId: id };
}

export function closeNotice(state: NoticesState, id: number): NoticesState {
  return { ...state, list: state.list.filter((notice) => notice.id !== id) };
}

export function applyNotices(state: NoticesState, { event }: EventEnvelope): NoticesState {
  switch (event.kind) {
    case 'deviceReplaced':
      return addNotice(state, {
        kind: 'deviceReplaced',
        device: event.device,
        lost: event.lost,
        replacement: event.replacement,
      });
    case 'deviceFailed':
      return addNotice(state, { kind: 'deviceFailed', device: event.device, code: event.code });
    case 'voicePlayed': {
      const { state: now } = event.playback;
      return now.kind === 'failed'
        ? addNotice(state, { kind: 'failed', code: 'voiceFailed', message: now.code })
        : state;
    }
    case 'contactDeclined':
      return addNotice(state, { kind: 'declined', jid: event.jid, reason: event.reason });
    case 'warning':
      return addNotice(state, { kind: 'warning', code: event.code, detail: event.detail });
    case 'callChanged': {
      const { call } = event;
      if (call.phase.kind !== 'ended' || call.phase.reason.kind !== 'answeredElsewhere') return state;
      return addNotice(state, { kind: 'answeredElsewhere', jid: call.participants[0]?.jid ?? '' });
    }
    default:
      return state;
  }
}
