/** Which voice clip plays, and where it is. The sound is the core's; this is its clock. */
import type { MessageId } from '../ipc/types';

interface Clip {
  message: MessageId;
  /** Milliseconds into the clip, at the time `since`. */
  from: number;
  since: number;
  durationMs: number;
}

export class Player {
  clip = $state.raw<Clip | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** `null` ends. */
  readonly #play: (message: MessageId | null, fromMs: number) => void;
  readonly #now: () => number;

  constructor(play: (message: MessageId | null, fromMs: number) => void, now: () => number = Date.now) {
    this.#play = play;
    this.#now = now;
  }

  play(message: MessageId, durationMs: number, from: number): void {
    clearTimeout(this.#timer);
    this.clip = { message, from, since: this.#now(), durationMs };
    this.#play(message, from);
    this.#timer = setTimeout(() => (this.clip = null), Math.max(0, durationMs - from));
  }

  /** Stops; returns where. */
  stop(): number {
    clearTimeout(this.#timer);
    const at = this.clip === null ? 0 : this.positionOf(this.clip.message, this.#now());
    if (this.clip !== null) this.#play(null, 0);
    this.clip = null;
    return at;
  }

  /** Milliseconds into the clip; 0 if it does not play. */
  positionOf(message: MessageId, now: number): number {
    const clip = this.clip;
    if (clip === null || clip.message !== message) return 0;
    return Math.min(clip.durationMs, clip.from + Math.max(0, now - clip.since));
  }
}
