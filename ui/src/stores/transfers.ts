/** How far files have got, by message. Pure. */
import type { Event, MessageId, TransferProgress } from '../ipc/types';

export type TransfersState = ReadonlyMap<MessageId, TransferProgress>;

export const noTransfers: TransfersState = new Map();

export function applyTransfers(state: TransfersState, event: Event): TransfersState {
  switch (event.kind) {
    case 'transferProgressed':
      return new Map(state).set(event.message, event.progress);
    case 'messageUpdated': {
      const { id, content } = event.message;
      const moves =
        content.kind === 'file' &&
        (content.file.transfer.kind === 'uploading' || content.file.transfer.kind === 'downloading');
      if (moves || !state.has(id)) return state;
      const rest = new Map(state);
      rest.delete(id);
      return rest;
    }
    default:
      return state;
  }
}
