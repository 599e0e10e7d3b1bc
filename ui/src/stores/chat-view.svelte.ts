/** What the person is about to do in an open chat: answering, editing, choosing, looking at a picture. */
import { createContext } from 'svelte';
import type { Message, MessageId } from '../ipc/types';

export class ChatView {
  replyTo = $state.raw<Message | null>(null);
  editing = $state.raw<Message | null>(null);
  /** Messages are being chosen; the composer makes room for what can be done with them. */
  selecting = $state(false);
  selected = $state.raw<ReadonlySet<MessageId>>(new Set());
  forwarding = $state.raw<readonly Message[]>([]);
  /** Asked whether to take it back for everybody. */
  recalling = $state.raw<Message | null>(null);
  /** Somebody's message that is about to be taken back for everybody. */
  moderating = $state.raw<Message | null>(null);
  /** Whose receipts are looked at. */
  receipts = $state.raw<Message | null>(null);
  /** The picture that fills the window. */
  picture = $state.raw<MessageId | null>(null);
  /** The open menu of a message, and where it was asked for. */
  menu = $state.raw<{ message: Message; x: number; y: number; emojis: boolean } | null>(null);
  /** Grows when the composer is to take the focus. */
  focusRequests = $state(0);
  /** Set by the timeline: brings a message on screen. */
  jump: (id: MessageId) => void = () => undefined;

  reply(message: Message): void {
    this.editing = null;
    this.replyTo = message;
    this.focusRequests++;
  }

  edit(message: Message): void {
    this.replyTo = null;
    this.editing = message;
    this.focusRequests++;
  }

  /** Neither an answer nor an edit. */
  settle(): void {
    this.replyTo = null;
    this.editing = null;
  }

  toggle(id: MessageId): void {
    const selected = new Set(this.selected);
    if (!selected.delete(id)) selected.add(id);
    this.selected = selected;
    this.selecting = selected.size > 0;
  }

  endSelecting(): void {
    this.selected = new Set();
    this.selecting = false;
  }
}

export const [useChatView, provideChatView] = createContext<ChatView>();
