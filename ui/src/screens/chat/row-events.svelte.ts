/**
 * What the mouse and the keyboard do with the rows of a conversation. One listener for all rows, and one bar of buttons that
 * goes to the row that is meant: rows come into view by the dozen while somebody scrolls and bring nothing of that with
 * them. The list has one tab stop; arrows move from message to message, Enter opens the menu of one, Tab leads into it.
 */
import { fullTime } from '../../i18n/format';
import { t } from '../../i18n/i18n.svelte';
import type { Message, MessageId } from '../../ipc/types';
import { actionsFor } from '../../lib/message-actions';
import type { App } from '../../stores/app.svelte';
import type { ChatView } from '../../stores/chat-view.svelte';

/** While the list moves below the mouse, the mouse means no row. */
const STILL_MS = 150;

const rowOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('[data-testid="message"]') : null;

export class RowEvents {
  /** The row that the mouse is over, or that has the focus. */
  at = $state.raw<{ message: Message; row: HTMLElement } | null>(null);
  readonly #app: App;
  readonly #chat: ChatView;
  readonly #find: (id: MessageId) => Message | undefined;
  #scrolledAt = -Infinity;
  #later: ReturnType<typeof setTimeout> | undefined;
  /** Where the mouse is over the list. */
  #mouse: { x: number; y: number } | null = null;

  constructor(app: App, chat: ChatView, find: (id: MessageId) => Message | undefined) {
    this.#app = app;
    this.#chat = chat;
    this.#find = find;
  }

  /** Use as `{@attach rows.listen}` on an element around the list. */
  readonly listen = (node: HTMLElement) => {
    const controller = new AbortController();
    const options = { signal: controller.signal };
    node.addEventListener('pointermove', this.#pointed, options);
    node.addEventListener('pointerleave', this.#left, options);
    node.addEventListener('scroll', this.#scrolled, { ...options, capture: true, passive: true });
    node.addEventListener('focusin', this.#focused, options);
    node.addEventListener('contextmenu', this.#menu, options);
    node.addEventListener('click', this.#chosen, { ...options, capture: true });
    node.addEventListener('keydown', this.#key, options);
    return () => {
      controller.abort();
      clearTimeout(this.#later);
    };
  };

  #message(row: HTMLElement): Message | undefined {
    return this.#find(row.dataset['id'] ?? '');
  }
  #actions(message: Message) {
    return actionsFor(message, (operation) => this.#app.can(operation));
  }

  #show(row: HTMLElement): void {
    const message = this.#message(row);
    if (message === undefined || this.#chat.selecting || this.#actions(message).length === 0) this.at = null;
    else if (this.at?.row !== row || this.at.message !== message) this.at = { message, row };
  }

  readonly #pointed = (event: PointerEvent) => {
    if (event.pointerType === 'touch') return;
    this.#mouse = { x: event.clientX, y: event.clientY };
    if (event.timeStamp - this.#scrolledAt >= STILL_MS) this.#point(event.target);
    else this.#pointLater();
  };
  /** Once the list stands still, to whatever is below the mouse then. */
  #pointLater(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      if (this.#mouse !== null) this.#point(document.elementFromPoint(this.#mouse.x, this.#mouse.y));
    }, STILL_MS);
  }
  #point(target: EventTarget | null): void {
    describe(target);
    const row = rowOf(target);
    if (row !== null) this.#show(row);
    else if (this.#chat.menu === null) this.at = null;
  }
  readonly #left = () => {
    clearTimeout(this.#later);
    this.#mouse = null;
    this.#hide();
  };
  #hide(): void {
    const kept = this.#chat.menu !== null || this.at?.row.matches(':focus-within');
    if (!kept) this.at = null;
  }
  readonly #scrolled = (event: Event) => {
    this.#scrolledAt = event.timeStamp;
    if (this.at !== null) this.#hide();
    if (this.#mouse !== null) this.#pointLater();
  };
  readonly #focused = (event: FocusEvent) => {
    const row = rowOf(event.target);
    if (row !== null) this.#show(row);
  };

  readonly #menu = (event: MouseEvent) => {
    // A marked text and a link have the browser's own.
    const { target } = event;
    if (this.#chat.selecting || getSelection()?.isCollapsed === false) return;
    if (target instanceof Element && target.closest('a') !== null) return;
    const row = rowOf(target);
    if (row === null) return;
    // From the keyboard there is no place of a mouse.
    const keyed = event.clientX === 0 && event.clientY === 0;
    if (this.#open(row, keyed ? null : event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  /** The menu of a row, where the mouse is or at its bubble. Returns whether it has one. */
  #open(row: HTMLElement, at: MouseEvent | null): boolean {
    const message = this.#message(row);
    if (message === undefined || this.#actions(message).length === 0) return false;
    const box = (row.querySelector('.bubble') ?? row).getBoundingClientRect();
    const place = at === null ? { x: box.left + 16, y: box.bottom - 8 } : { x: at.clientX, y: at.clientY };
    this.#chat.menu = { message, ...place, emojis: false };
    return true;
  }

  readonly #chosen = (event: MouseEvent) => {
    const row = this.#chat.selecting ? rowOf(event.target) : null;
    if (row === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.#toggle(row);
  };
  #toggle(row: HTMLElement): void {
    const message = this.#message(row);
    if (message !== undefined && message.content.kind !== 'call') this.#chat.toggle(message.id);
  }

  readonly #key = (event: KeyboardEvent) => {
    const { target, currentTarget } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
    const row = rowOf(target);
    const inList = target.getAttribute('role') === 'log';
    if (!(currentTarget instanceof HTMLElement) || (target !== row && !inList)) return;
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown': {
        const rows = [...currentTarget.querySelectorAll<HTMLElement>('[data-testid="message"]')];
        const step = event.key === 'ArrowUp' ? -1 : 1;
        const next = row === null ? lastSeen(rows, target) : rows[rows.indexOf(row) + step];
        if (next === undefined) return;
        next.focus({ preventScroll: true });
        next.scrollIntoView({ block: 'nearest' });
        break;
      }
      case 'Enter':
        if (row === null || this.#chat.selecting || !this.#open(row, null)) return;
        break;
      case ' ':
        if (row === null || !this.#chat.selecting) return;
        this.#toggle(row);
        break;
      default:
        return;
    }
    event.preventDefault();
  };
}

/** The lowest row that is whole on screen. */
function lastSeen(rows: readonly HTMLElement[], list: HTMLElement): HTMLElement | undefined {
  const { bottom } = list.getBoundingClientRect();
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom + 1) ?? rows.at(-1);
}

/** Tooltips of times and ticks, made where the mouse asks for one. */
function describe(target: EventTarget | null): void {
  const node =
    target instanceof Element ? target.closest<HTMLElement>('[data-at],[data-edited],[data-delivery]') : null;
  if (node === null) return;
  const { at, edited, delivery } = node.dataset;
  if (delivery !== undefined) node.title = node.ariaLabel ?? '';
  else if (node.title !== '') return;
  else if (at !== undefined) node.title = fullTime(Number(at));
  else node.title = t('message.editedAt', { time: fullTime(Number(edited)) });
}
