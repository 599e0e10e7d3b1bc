/** The bars of a call's set-up, from what its record kept (`calls.md`, section 10). Pure, but for the words. */
import { t, type MessageKey } from '../../i18n/i18n.svelte';
import type { CallRecord } from '../../ipc/types';

export interface Bar {
  label: string;
  /** Milliseconds on the axis of its group. */
  from: number;
  to: number;
  look: 'step' | 'wait' | 'slow' | 'good';
  /** The moment counts rather than the length. */
  moment: boolean;
}

export interface BarGroup {
  title: string;
  bars: Bar[];
  /** The end of the axis in milliseconds, and where its lines are. */
  most: number;
  marks: number[];
}

/** A step that takes longer is shown as the slow one. */
const SLOW_STEP_MS = 1000;
/** From accept to the first sound or picture; people notice more. */
export const SLOW_CONNECT_MS = 2000;

function axis(bars: readonly Bar[]): { most: number; marks: number[] } {
  const longest = Math.max(1, ...bars.map((bar) => bar.to));
  const rough = longest / 5;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * unit).find((size) => size >= rough) ?? rough;
  return { most: step * 5, marks: [0, 1, 2, 3, 4, 5].map((index) => index * step) };
}

export function setUpBars(record: CallRecord): BarGroup[] {
  const { timings } = record;
  const accepted = timings.acceptedMs;
  const end = accepted ?? (record.endedAt === null ? null : record.endedAt - record.startedAt);
  const before: Bar[] = [];
  if (timings.receivedMs !== null)
    before.push({ label: t('timing.received'), from: 0, to: timings.receivedMs, look: 'step', moment: false });
  if (end !== null)
    before.push({ label: t('timing.ringing'), from: timings.receivedMs ?? 0, to: end, look: 'wait', moment: false });

  const after: Bar[] = [];
  if (accepted !== null) {
    let from = 0;
    const step = (key: MessageKey, at: number | null) => {
      if (at === null) return;
      const to = Math.max(from, at - accepted);
      after.push({ label: t(key), from, to, look: to - from > SLOW_STEP_MS ? 'slow' : 'step', moment: false });
      from = to;
    };
    step('timing.described', timings.describedMs);
    step('timing.ice', timings.iceMs);
    step('timing.dtls', timings.connectedMs);
    const first = (key: MessageKey, at: number | null) => {
      if (at !== null)
        after.push({ label: t(key), from, to: Math.max(from, at - accepted), look: 'good', moment: true });
    };
    first('timing.firstAudio', timings.firstAudioMs);
    first('timing.firstVideo', timings.firstVideoMs);
  }
  return [
    { title: t('timing.before'), bars: before, ...axis(before) },
    { title: t('timing.after'), bars: after, ...axis(after) },
  ].filter((group) => group.bars.length > 0);
}

/** From the answer to the first sound or picture, whichever was first; null if there was none. */
export function connectMs(record: CallRecord): number | null {
  const { acceptedMs, firstAudioMs, firstVideoMs } = record.timings;
  const firsts = [firstAudioMs, firstVideoMs].filter((at) => at !== null);
  return acceptedMs === null || firsts.length === 0 ? null : Math.max(0, Math.min(...firsts) - acceptedMs);
}
