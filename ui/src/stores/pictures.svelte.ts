/** Pictures of people and groups by their key, each asked for once, as reactive state. */
import { SvelteMap } from 'svelte/reactivity';
import type { Result } from '../ipc/errors';

/** A window of avatars many times over; the oldest leave first. */
const MOST = 500;

export class Pictures {
  readonly #known = new SvelteMap<string, string>();
  readonly #asked = new Set<string>();
  readonly #load: (key: string) => Promise<Result<string>> | null;

  constructor(load: (key: string) => Promise<Result<string>> | null) {
    this.#load = load;
  }

  /** The picture, or null while it is not there. Only `data:` pictures are taken. */
  of(key: string): string | null {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!this.#asked.has(key)) {
      this.#asked.add(key);
      void this.#load(key)?.then((result) => {
        if (result.status !== 'ok' || !result.data.startsWith('data:image/')) return;
        if (this.#known.size >= MOST) this.#forget();
        this.#known.set(key, result.data);
      });
    }
    return null;
  }

  #forget(): void {
    const oldest = this.#known.keys().next().value;
    if (oldest === undefined) return;
    this.#known.delete(oldest);
    this.#asked.delete(oldest);
  }
}
