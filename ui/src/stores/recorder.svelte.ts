/**
 * Voice clips on their way: the one that is being recorded, and those that were not sent yet, one a chat of an account. The microphone is
 * the core's; this is what a person sees of it.
 *
 * ```text
 *        start            opened            send
 * idle ─────────▶ opening ─────▶ recording ──────▶ idle
 *                                   │ keep, or it ends by itself
 *                                   ▼
 *                                a kept clip ──send, drop──▶ none
 * ```
 */
import { SvelteMap } from 'svelte/reactivity';
import { unwrap, type Result } from '../ipc/errors';
import type { AccountId, BareJid, Event, RecordedClip, RecordingEnd } from '../ipc/types';

/** Loudness that is drawn while recording: at about 20 a second, the last three seconds. */
const MOST_LEVELS = 64;

export interface KeptClip {
  clip: RecordedClip;
  /** Why it ended, if nobody asked for that. */
  ended: RecordingEnd | null;
}

/** A chat of one account: two accounts may have one with the same person. */
type Chat = `${AccountId} ${BareJid}`;

export interface RecordingNow {
  chat: Chat;
  /** The microphone is open. */
  open: boolean;
  elapsedMs: number;
  levels: readonly number[];
}

/** What the core does for it. */
export interface RecorderCore {
  start(): Promise<Result<null>>;
  finish(): Promise<Result<RecordedClip>>;
  cancel(): Promise<Result<null>>;
  discard(path: string): Promise<Result<null>>;
}

export class Recorder {
  now = $state.raw<RecordingNow | null>(null);
  readonly kept = new SvelteMap<Chat, KeptClip>();
  readonly #core: RecorderCore;
  readonly #account: () => AccountId | null;
  readonly #fail: (error: unknown) => void;

  /** `account`: the one that the window shows. */
  constructor(core: RecorderCore, account: () => AccountId | null, fail: (error: unknown) => void) {
    this.#core = core;
    this.#account = account;
    this.#fail = fail;
  }

  #chat(jid: BareJid): Chat {
    return `${this.#account() ?? 0} ${jid}`;
  }

  /** What is being recorded in this chat. */
  nowIn(jid: BareJid): RecordingNow | null {
    return this.now?.chat === this.#chat(jid) ? this.now : null;
  }

  /** What waits in this chat. */
  keptIn(jid: BareJid): KeptClip | null {
    return this.kept.get(this.#chat(jid)) ?? null;
  }

  async start(jid: BareJid): Promise<void> {
    if (this.now !== null) return;
    const chat = this.#chat(jid);
    const mine: RecordingNow = { chat, open: false, elapsedMs: 0, levels: [] };
    this.now = mine;
    try {
      await unwrap(this.#core.start());
      if (this.now?.chat === chat) this.now = { ...this.now, open: true };
    } catch (error) {
      if (this.now?.chat === chat) this.now = null;
      this.#fail(error);
    }
  }

  /** Ends it; the clip waits in its chat. Null: there was nothing. */
  async keep(): Promise<KeptClip | null> {
    const { now } = this;
    if (now === null) return null;
    return this.#finish(now.chat, null);
  }

  async #finish(chat: Chat, ended: RecordingEnd | null): Promise<KeptClip | null> {
    this.now = null;
    try {
      const kept = { clip: await unwrap(this.#core.finish()), ended };
      this.kept.set(chat, kept);
      return kept;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  async cancel(): Promise<void> {
    if (this.now === null) return;
    this.now = null;
    const result = await this.#core.cancel();
    if (result.status === 'error') this.#fail(new Error(result.error.message));
  }

  /** Whether this is the path of a kept clip. */
  waits(path: string): boolean {
    return [...this.kept.values()].some(({ clip }) => clip.path === path);
  }

  /** Throws a kept clip away. */
  drop(jid: BareJid): void {
    const kept = this.keptIn(jid);
    if (kept === null) return;
    this.kept.delete(this.#chat(jid));
    // It lies in a folder of the core's own: nothing is lost when that fails.
    void this.#core.discard(kept.clip.path);
  }

  /** It was handed over to be sent. */
  sent(jid: BareJid): void {
    this.kept.delete(this.#chat(jid));
  }

  apply(event: Event): void {
    if (event.kind !== 'recordingProgressed' || this.now === null) return;
    const { elapsedMs, level, ended } = event.progress;
    if (ended !== null) void this.#finish(this.now.chat, ended);
    else this.now = { ...this.now, open: true, elapsedMs, levels: [...this.now.levels, level].slice(-MOST_LEVELS) };
  }
}
