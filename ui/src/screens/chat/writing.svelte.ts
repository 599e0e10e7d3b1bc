/**
 * What is being written in a chat: the text and its chosen names, what an edit has put aside, when it is kept as the
 * draft, and what the other side hears of the typing.
 */
import type { Message, TypingState } from '../../ipc/types';
import { chosenOf, type Chosen } from '../../lib/mentions';
import { TypingNotifier } from './typing';

const SAVE_DELAY_MS = 600;

/** A text with its chosen names. */
export interface Written {
  text: string;
  chosen: readonly Chosen[];
}
const nothing: Written = { text: '', chosen: [] };

export class Writing {
  text = $state('');
  chosen: readonly Chosen[] = [];
  sendable = $derived(this.text.trim() !== '');
  #saved: string;
  /** What was in the field before an edit began. */
  #aside: Written | null = null;
  #saving: ReturnType<typeof setTimeout> | undefined;
  readonly #save: (text: string) => void;
  readonly #typing: TypingNotifier;

  constructor(draft: string, save: (text: string) => void, tell: (state: TypingState) => void) {
    this.text = draft;
    this.#saved = draft;
    this.#save = save;
    this.#typing = new TypingNotifier(tell);
  }

  /** The draft of a conversation that was not known yet; what was typed meanwhile goes before. */
  adopt(draft: string): void {
    if (this.text !== '') return;
    this.text = draft;
    this.#saved = draft;
  }

  /** The edited text takes the field; afterwards (`null`) what was there comes back. */
  edit(message: Message | null): void {
    if (message !== null && message.content.kind === 'text') {
      this.#aside ??= { text: this.text, chosen: this.chosen };
      this.text = message.content.text;
      this.chosen = chosenOf(this.text, message.mentions);
    } else if (this.#aside !== null) {
      this.put(this.#aside);
      this.#aside = null;
    }
  }

  /** The person has changed the text. Nobody hears of edits before they are done. */
  changed(): void {
    if (this.#aside !== null) return;
    this.#typing.typed(this.sendable);
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => this.save(), SAVE_DELAY_MS);
  }

  /** What is to be sent; no more is said about typing. */
  take(): Written {
    clearTimeout(this.#saving);
    this.#typing.stop();
    return { text: this.text, chosen: this.chosen };
  }

  put(written: Written): void {
    ({ text: this.text, chosen: this.chosen } = written);
  }

  empty(): void {
    this.put(nothing);
  }

  /** It was sent: nothing is left of its draft. */
  sent(): void {
    if (this.#saved !== '' && this.text === '') this.save();
  }

  save(): void {
    const own = this.#aside?.text ?? this.text;
    if (own === this.#saved) return;
    this.#saved = own;
    this.#save(own);
  }

  /** The chat is left. */
  close(): void {
    clearTimeout(this.#saving);
    this.#typing.stop();
    this.save();
  }
}
