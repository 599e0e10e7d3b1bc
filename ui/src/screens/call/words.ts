/** Calls in words. */
import { wordDuration } from '../../i18n/format';
import { t } from '../../i18n/i18n.svelte';
import type { CallDirection, CallRecord, EndReason } from '../../ipc/types';
import { isMissed } from '../../stores/calls';

/** The end of a call as a sentence about the other person. */
export function endText(reason: EndReason, direction: CallDirection, name: string): string {
  switch (reason.kind) {
    case 'completed':
      return t('end.completed');
    case 'cancelled':
      return direction === 'outgoing' ? t('end.cancelledByYou') : t('end.cancelled', { name });
    case 'rejected':
      return direction === 'outgoing' ? t('end.rejected', { name }) : t('end.rejectedByYou');
    case 'busy':
      return t('end.busy', { name });
    case 'unavailable':
      return t('end.unavailable', { name });
    case 'timeout':
      return direction === 'outgoing' ? t('end.noAnswer', { name }) : t('end.missed');
    case 'answeredElsewhere':
      return t('end.answeredElsewhere');
    case 'declinedElsewhere':
      return t('end.declinedElsewhere');
    case 'takenOver':
      return t('end.takenOver');
    case 'connectFailed':
      return t(`end.connectFailed.${reason.stage}`, { name });
    case 'connectionLost':
      return t('end.connectionLost');
    case 'failed':
      return t('end.failed', { code: reason.code });
  }
}

/** The words that the other person sent with their no. */
export function endQuote(reason: EndReason): string | null {
  return reason.kind === 'rejected' || reason.kind === 'busy' ? reason.text : null;
}

export function endDuration(reason: EndReason): number | null {
  return reason.kind === 'completed' || reason.kind === 'connectionLost' ? reason.durationS : null;
}

/** `Missed audio call`, `Video call` */
export function recordTitle(record: CallRecord): string {
  if (isMissed(record)) return record.media === 'video' ? t('record.missedVideo') : t('record.missedAudio');
  return record.media === 'video' ? t('call.video') : t('call.audio');
}

/** How long it rang, in whole seconds; null if it did not end by itself. */
function rangFor(record: CallRecord): number | null {
  return record.endedAt === null ? null : Math.round((record.endedAt - record.startedAt) / 1000);
}

/** What became of it, short: `4 min 12 s`, `rang for 40 s`, `No answer`. */
export function recordOutcome(record: CallRecord): string {
  const { reason } = record;
  if (reason === null && record.endedAt !== null) return '';
  if (reason === null) return record.answeredAt === null ? t('record.ringing') : t('record.going');
  const rang = rangFor(record);
  if (isMissed(record)) return rang === null || rang < 1 ? '' : t('record.rang', { time: wordDuration(rang) });
  switch (reason.kind) {
    case 'completed':
      return wordDuration(reason.durationS);
    case 'connectionLost':
      return t('record.lost', { time: wordDuration(reason.durationS) });
    case 'cancelled':
      return t('record.cancelled');
    case 'rejected':
      return t('record.declined');
    case 'busy':
      return t('record.busy');
    case 'unavailable':
      return t('record.unavailable');
    case 'timeout':
      return t('record.noAnswer');
    case 'answeredElsewhere':
      return record.answeredBy === null
        ? t('record.answeredElsewhere')
        : t('record.answeredBy', { device: record.answeredBy });
    case 'declinedElsewhere':
      return t('record.declinedElsewhere');
    case 'takenOver':
      return t('record.takenOver');
    case 'connectFailed':
      return t('record.connectFailed');
    case 'failed':
      return t('record.failed');
  }
}

/** `Outgoing · 4 min 12 s` */
export function recordLine(record: CallRecord): string {
  const outcome = recordOutcome(record);
  const kind = isMissed(record)
    ? t('record.missed')
    : record.direction === 'outgoing'
      ? t('record.outgoing')
      : t('record.incoming');
  return outcome === '' ? kind : t('record.line', { kind, outcome });
}
