/** Loudness over the time of a clip as so many bars, 0 to 100; a clip without any has flat ones. */
export function barsOf(waveform: readonly number[], count: number): number[] {
  const bars: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = Math.floor((i * waveform.length) / count);
    const to = Math.max(from + 1, Math.floor(((i + 1) * waveform.length) / count));
    // The loudest of what a bar stands for: a mean would make all clips look alike.
    const loudest = waveform.slice(from, to).reduce((most, value) => Math.max(most, value), 0);
    bars.push(Math.min(100, Math.max(0, loudest)));
  }
  return bars;
}

/** Bars as one drawing, `step` pixels apart in a strip of this height: each a stroke from top to bottom, with round ends. */
export function barsPath(bars: readonly number[], step: number, height: number): string {
  return bars
    .map((bar, index) => {
      const long = Math.max(1, Math.round((bar / 100) * (height - 4)));
      return `M${index * step + 1} ${(height - long) / 2}v${long}`;
    })
    .join('');
}
