/** Tells the other side about typing: once at the start, again while it lasts, and when it stops. */
import type { TypingState } from '../../ipc/types';

/** XEP-0085 §5.1 suggests a pause after 30 s; people are done earlier. */
const PAUSE_MS = 5000;
/** So that a device that comes late hears of it too. */
const REPEAT_MS = 20_000;

export class TypingNotifier {
  readonly #send: (state: TypingState) => void;
  readonly #now: () => number;
  #toldAt: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (state: TypingState) => void, now: () => number = Date.now) {
    this.#send = send;
    this.#now = now;
  }

  /** After each change of the text; an empty text is no typing. */
  typed(anything: boolean): void {
    clearTimeout(this.#timer);
    if (!anything) {
      this.stop();
      return;
    }
    const now = this.#now();
    if (this.#toldAt === null || now - this.#toldAt >= REPEAT_MS) {
      this.#toldAt = now;
      this.#send('composing');
    }
    this.#timer = setTimeout(() => this.stop(), PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#toldAt === null) return;
    this.#toldAt = null;
    this.#send('paused');
  }
}
