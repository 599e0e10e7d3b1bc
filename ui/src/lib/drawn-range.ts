/** Which rows of a long list are in the document: those on screen at once, some beside them little by little. Pure. */
import type { Heights } from './heights';

/** Indexes; `end` is the one after the last. */
export interface Range {
  start: number;
  end: number;
}

/** Rows this far outside of the viewport are drawn, in pixels. */
const AHEAD_PX = 480;
/** Rows further away than this go, all at once: up to what is drawn ahead. */
const KEEP_PX = 960;
/** Rows that are added on each side in one frame, beyond those on screen. A row costs about a millisecond. */
const STEP = 2;

/**
 * The rows to draw now, `drawn` being those that are. `top` is where the viewport begins, from the first row's top.
 * `most`: of rows far from all that are drawn, so many come now, and the others on screen with the next frame. `whole`: nothing
 * is left for the next frame.
 */
export function drawnRange(
  heights: Pick<Heights, 'indexAt'>,
  count: number,
  drawn: Range,
  top: number,
  height: number,
  most = Infinity,
): Range & { whole: boolean } {
  if (count === 0) return { start: 0, end: 0, whole: true };
  const first = (offset: number) => heights.indexAt(Math.max(0, offset));
  const after = (offset: number) => Math.min(count, first(offset) + 1);
  const seen = { start: first(top), end: after(top + height) };
  const ahead = { start: first(top - AHEAD_PX), end: after(top + height + AHEAD_PX) };
  const joins = drawn.start < drawn.end && drawn.start <= seen.end && drawn.end >= seen.start;
  if (!joins) {
    const end = Math.min(seen.end, seen.start + most);
    return { start: seen.start, end, whole: ahead.start === seen.start && ahead.end === end };
  }
  const tooFar = { start: first(top - KEEP_PX), end: after(top + height + KEEP_PX) };
  const start =
    drawn.start < tooFar.start
      ? ahead.start
      : Math.min(seen.start, Math.max(ahead.start, drawn.start - STEP), drawn.start);
  const end = drawn.end > tooFar.end ? ahead.end : Math.max(seen.end, Math.min(ahead.end, drawn.end + STEP), drawn.end);
  return { start, end, whole: start <= ahead.start && end >= ahead.end };
}
