/**
 * Which voice clip plays, and where each one is. The sound is the core's, which tells where it is ten times a second;
 * between that, and before the first word of it, the clock of this window counts.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { MessageId, VoicePlayback, VoiceSpeed } from '../ipc/types';

interface Clip {
  message: MessageId;
  /** Milliseconds into the clip, at the time `since`. */
  from: number;
  since: number;
  durationMs: number;
}

/** The end is told by the core; a core that does not is not waited for any longer than this. */
const SILENT_END_MS = 3000;
const FACTORS: Readonly<Record<VoiceSpeed, number>> = { normal: 1, oneAndAHalf: 1.5, double: 2 };
const SPEEDS: readonly VoiceSpeed[] = ['normal', 'oneAndAHalf', 'double'];

export class Player {
  clip = $state.raw<Clip | null>(null);
  /** Of all clips. */
  speed = $state<VoiceSpeed>('normal');
  /** Where clips were stopped, in milliseconds; those that were heard to their end begin anew. */
  readonly #rests = new SvelteMap<MessageId, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** `null` ends. */
  readonly #play: (message: MessageId | null, fromMs: number, speed: VoiceSpeed) => void;
  readonly #now: () => number;

  constructor(
    play: (message: MessageId | null, fromMs: number, speed: VoiceSpeed) => void,
    now: () => number = Date.now,
  ) {
    this.#play = play;
    this.#now = now;
  }

  get factor(): number {
    return FACTORS[this.speed];
  }

  play(message: MessageId, durationMs: number, from: number): void {
    if (this.clip !== null && this.clip.message !== message) this.#rest();
    this.#begin({ message, from, since: this.#now(), durationMs });
    this.#play(message, from, this.speed);
  }

  #begin(clip: Clip): void {
    clearTimeout(this.#timer);
    this.clip = clip;
    const left = Math.max(0, clip.durationMs - clip.from) / this.factor;
    this.#timer = setTimeout(() => this.#end(0), left + SILENT_END_MS);
  }

  /** Stops where it is. */
  stop(): void {
    if (this.clip === null) return;
    this.#rest();
    this.#play(null, 0, this.speed);
  }

  /** Goes to a place, playing or not. */
  seek(message: MessageId, durationMs: number, to: number): void {
    if (this.clip?.message === message) this.play(message, durationMs, to);
    else this.#rests.set(message, to);
  }

  nextSpeed(): void {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length] ?? 'normal';
    const { clip } = this;
    if (clip !== null) this.play(clip.message, clip.durationMs, this.positionOf(clip.message, this.#now()));
  }

  /** What the core says. It is heard: a clip that plays here but not there has ended. */
  apply({ message, state, positionMs, durationMs }: VoicePlayback): void {
    if (this.clip?.message !== message) {
      if (state.kind === 'stopped') this.#rests.set(message, positionMs);
      return;
    }
    switch (state.kind) {
      case 'playing':
        this.#begin({ message, from: positionMs, since: this.#now(), durationMs: durationMs || this.clip.durationMs });
        break;
      case 'stopped':
      case 'failed':
        this.#end(positionMs);
        break;
      case 'ended':
        this.#end(0);
        break;
    }
  }

  /** It could not begin. */
  refused(): void {
    this.#rest();
  }

  #rest(): void {
    if (this.clip !== null) this.#end(this.positionOf(this.clip.message, this.#now()));
  }

  #end(at: number): void {
    clearTimeout(this.#timer);
    if (this.clip !== null) this.#rests.set(this.clip.message, at);
    this.clip = null;
  }

  /** Milliseconds into the clip: where it plays, or where it was stopped. */
  positionOf(message: MessageId, now: number): number {
    const { clip } = this;
    if (clip === null || clip.message !== message) return this.#rests.get(message) ?? 0;
    return Math.min(clip.durationMs, clip.from + Math.max(0, now - clip.since) * this.factor);
  }
}
