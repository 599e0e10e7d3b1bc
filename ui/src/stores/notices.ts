/** Short notes at the edge of the window: things that a person should read once. Pure. */
import type { DeviceKind, EventEnvelope } from '../ipc/types';

export type NoticeBody =
  | { kind: 'deviceReplaced'; device: DeviceKind; lost: string; replacement: string | null }
  | { kind: 'deviceFailed'; device: DeviceKind; code: string }
  | { kind: 'warning'; code: string; detail: string }
  | { kind: 'failed'; code: string; message: string }
  | { kind: 'answeredElsewhere'; jid: string }
  | { kind: 'done'; what: 'copied' | 'requestSent' | 'saved' | 'forwarded' | 'reported' };

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
