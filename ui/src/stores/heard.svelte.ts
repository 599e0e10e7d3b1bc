/** One voice clip as it is drawn: whether it plays, and where it is. Counts while it plays. */
import type { MessageId } from '../ipc/types';
import type { Player } from './player.svelte';

const TICK_MS = 80;
const STEP_MS = 2000;

/** Of a message by its id; one that waits to be sent by its path. */
export interface HeardClip {
  id: MessageId;
  durationMs: number;
}

/** Made while a component begins: it counts as long as that one is there. */
export class Heard {
  readonly #player: Player;
  readonly #clip: () => HeardClip;
  #now = $state(Date.now());

  constructor(player: Player, clip: () => HeardClip) {
    this.#player = player;
    this.#clip = clip;
    $effect(() => {
      if (!this.playing) return;
      this.#now = Date.now();
      const timer = setInterval(() => (this.#now = Date.now()), TICK_MS);
      return () => clearInterval(timer);
    });
  }

  get durationMs(): number {
    return this.#clip().durationMs;
  }

  get playing(): boolean {
    return this.#player.clip?.message === this.#clip().id;
  }

  /** Milliseconds; stays where it was stopped. */
  get at(): number {
    return Math.round(this.#player.positionOf(this.#clip().id, this.#now));
  }

  /** How much of it was heard, 0 to 1. */
  get share(): number {
    return this.durationMs > 0 ? Math.min(1, this.at / this.durationMs) : 0;
  }

  toggle(): void {
    if (this.playing) this.#player.stop();
    else this.#player.play(this.#clip().id, this.durationMs, this.at);
  }

  stop(): void {
    if (this.playing) this.#player.stop();
  }

  /** Goes to a place of the clip, 0 to 1. */
  seek(share: number): void {
    this.#player.seek(this.#clip().id, this.durationMs, Math.round(Math.min(1, Math.max(0, share)) * this.durationMs));
  }

  /** By an arrow. */
  step(forward: boolean): void {
    if (this.durationMs > 0) this.seek((this.at + (forward ? STEP_MS : -STEP_MS)) / this.durationMs);
  }
}
