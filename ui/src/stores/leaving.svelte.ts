/**
 * Messages that were deleted here: hidden at once, gone when the time for second thoughts is over. Leaving the app before
 * that keeps them, which is the safe side.
 */
import { SvelteMap } from 'svelte/reactivity';
import type { BareJid, MessageId } from '../ipc/types';

export const SECOND_THOUGHTS_MS = 5000;

export class Leaving {
  #hidden = $state.raw<ReadonlyMap<BareJid, readonly MessageId[]>>(new Map());
  readonly #timers = new SvelteMap<BareJid, ReturnType<typeof setTimeout>>();
  readonly #remove: (ids: readonly MessageId[]) => Promise<unknown>;

  constructor(remove: (ids: readonly MessageId[]) => Promise<unknown>) {
    this.#remove = remove;
  }

  of(conversation: BareJid): readonly MessageId[] {
    return this.#hidden.get(conversation) ?? [];
  }

  /** Hides more of a conversation; the time begins again. */
  add(conversation: BareJid, ids: readonly MessageId[]): void {
    this.#hidden = new Map(this.#hidden).set(conversation, [...new Set([...this.of(conversation), ...ids])]);
    clearTimeout(this.#timers.get(conversation));
    this.#timers.set(
      conversation,
      setTimeout(() => void this.#settle(conversation), SECOND_THOUGHTS_MS),
    );
  }

  undo(conversation: BareJid): void {
    clearTimeout(this.#timers.get(conversation));
    this.#timers.delete(conversation);
    this.#show(conversation, this.of(conversation));
  }

  async #settle(conversation: BareJid): Promise<void> {
    this.#timers.delete(conversation);
    const ids = this.of(conversation);
    // They stay hidden until the core has answered: nothing comes back for a moment.
    await this.#remove(ids);
    this.#show(conversation, ids);
  }

  /** Whether it can still be undone. */
  canUndo(conversation: BareJid): boolean {
    return this.#hidden.has(conversation) && this.#timers.has(conversation);
  }

  #show(conversation: BareJid, ids: readonly MessageId[]): void {
    const left = this.of(conversation).filter((id) => !ids.includes(id));
    const hidden = new Map(this.#hidden);
    if (left.length === 0) hidden.delete(conversation);
    else hidden.set(conversation, left);
    this.#hidden = hidden;
  }
}
