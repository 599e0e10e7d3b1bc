/** How large a picture is shown in a bubble: its own shape within bounds, so that nothing moves when it arrives. */

/** Pixels. */
const WIDEST = 320;
const HIGHEST = 320;
const NARROWEST = 120;
const LOWEST = 80;

export function shownSize(width: number, height: number): { width: number; height: number } {
  if (!(width > 0 && height > 0)) return { width: WIDEST, height: 200 };
  const scale = Math.min(1, WIDEST / width, HIGHEST / height);
  const clamp = (value: number, least: number, most: number) => Math.round(Math.min(most, Math.max(least, value)));
  return { width: clamp(width * scale, NARROWEST, WIDEST), height: clamp(height * scale, LOWEST, HIGHEST) };
}
