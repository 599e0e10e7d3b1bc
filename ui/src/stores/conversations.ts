/** The chat list: conversations in its order, its folders, and who is typing. Pure. */
import type { BareJid, Conversation, Event, Sender } from '../ipc/types';
import { isSameSender } from '../lib/sender';

export interface ConversationsState {
  /** Pinned ones first, then newest first. */
  list: readonly Conversation[];
  /** In a group there may be several. */
  typing: ReadonlyMap<BareJid, readonly Sender[]>;
  loaded: boolean;
}

export const emptyConversations: ConversationsState = { list: [], typing: new Map(), loaded: false };

/** Where a conversation stands. */
export type Folder = 'main' | 'archived' | 'requests';

export function folderOf(conversation: Conversation): Folder {
  if (conversation.isRequest) return 'requests';
  return conversation.archived ? 'archived' : 'main';
}

export function isMuted(conversation: Conversation, now: number): boolean {
  return conversation.mutedUntil !== null && conversation.mutedUntil > now;
}

/** 9999-12-31: until it is changed. */
export const MUTED_FOR_EVER = 253_402_300_799_000;

const inOrder = (a: Conversation, b: Conversation) =>
  Number(b.pinned) - Number(a.pinned) || b.updatedAt - a.updatedAt || (a.jid < b.jid ? -1 : 1);

export function loadConversations(state: ConversationsState, list: readonly Conversation[]): ConversationsState {
  return { ...state, list: [...list].sort(inOrder), loaded: true };
}

/** Puts one conversation in place. */
export function putConversation(state: ConversationsState, conversation: Conversation): ConversationsState {
  const list = state.list.filter((other) => other.jid !== conversation.jid);
  const at = list.findIndex((other) => inOrder(conversation, other) < 0);
  list.splice(at < 0 ? list.length : at, 0, conversation);
  return { ...state, list };
}

/** Nobody types there any more, or (with `who`) one person less. */
function withoutTyping(state: ConversationsState, jid: BareJid, who?: Sender): ConversationsState {
  const before = state.typing.get(jid);
  if (before === undefined) return state;
  const rest = who === undefined ? [] : before.filter((other) => !isSameSender(other, who));
  if (rest.length === before.length) return state;
  const typing = new Map(state.typing);
  if (rest.length === 0) typing.delete(jid);
  else typing.set(jid, rest);
  return { ...state, typing };
}

export function applyConversations(state: ConversationsState, event: Event): ConversationsState {
  switch (event.kind) {
    case 'conversationChanged':
      return putConversation(state, event.conversation);
    case 'conversationRemoved':
      return { ...state, list: state.list.filter((other) => other.jid !== event.jid) };
    case 'typing': {
      if (event.state === 'paused') return withoutTyping(state, event.conversation, event.who);
      const before = state.typing.get(event.conversation) ?? [];
      if (before.some((other) => isSameSender(other, event.who))) return state;
      return { ...state, typing: new Map(state.typing).set(event.conversation, [...before, event.who]) };
    }
    case 'messageAdded':
      // What was being typed has arrived.
      return event.message.direction === 'incoming'
        ? withoutTyping(state, event.message.conversation, event.message.sender)
        : state;
    case 'contactChanged':
      return event.contact.presence === 'offline' ? withoutTyping(state, event.contact.jid) : state;
    default:
      return state;
  }
}

export function conversationOf(state: ConversationsState, jid: BareJid): Conversation | null {
  return state.list.find((conversation) => conversation.jid === jid) ?? null;
}

/** What calls for the person: neither what was muted, unless it mentions them, nor what strangers sent. */
export function unreadTotal(state: ConversationsState, now: number): number {
  return state.list.reduce((sum, conversation) => {
    if (folderOf(conversation) !== 'main') return sum;
    return sum + (isMuted(conversation, now) ? conversation.mentions : conversation.unread);
  }, 0);
}
