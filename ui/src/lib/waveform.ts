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
