/**
 * Ringtone and ring-back, made by oscillators: no sound files. The shell's web views let sound out without a press.
 * Where one does not, it stays silent until there is one; the call is shown all the same.
 */

export type Ringing = 'incoming' | 'waiting' | 'ringback';

interface Note {
  /** Hz */
  pitch: number;
  /** Seconds from the start of a round. */
  at: number;
  length: number;
}

interface Tune {
  notes: readonly Note[];
  /** Seconds until it starts again. */
  round: number;
  /** 0 to 1 */
  loudness: number;
}

const tunes: Readonly<Record<Ringing, Tune>> = {
  incoming: {
    notes: [523.25, 659.26, 783.99, 659.26, 523.25, 783.99].map((pitch, i) => ({ pitch, at: i * 0.18, length: 0.32 })),
    round: 3.2,
    loudness: 0.22,
  },
  waiting: { notes: [0, 0.25].map((at) => ({ pitch: 659.26, at, length: 0.16 })), round: 4, loudness: 0.08 },
  // ETSI TR 101 041: 425 Hz, one second on, four off.
  ringback: { notes: [{ pitch: 425, at: 0, length: 1 }], round: 5, loudness: 0.06 },
};

/** Starts a tune; the returned function ends it. */
export function ring(kind: Ringing): () => void {
  if (typeof AudioContext === 'undefined') return () => undefined;
  let context: AudioContext;
  try {
    context = new AudioContext();
  } catch {
    return () => undefined;
  }
  const tune = tunes[kind];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const round = () => {
    if (over) return;
    if (context.state === 'running') play(context, tune);
    timer = setTimeout(round, tune.round * 1000);
  };
  // Sound needs up to a tenth of a second to begin; a tune that is looked for earlier would wait for its next round.
  context.resume().then(round, () => undefined);
  return () => {
    over = true;
    clearTimeout(timer);
    context.close().catch(() => undefined);
  };
}

function play(context: AudioContext, { notes, loudness }: Tune): void {
  for (const note of notes) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    const start = context.currentTime + note.at;
    oscillator.type = 'sine';
    oscillator.frequency.value = note.pitch;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loudness, start + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, start + note.length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(start);
    oscillator.stop(start + note.length + 0.05);
  }
}
