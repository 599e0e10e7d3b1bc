/** The chat list: conversations, newest first, and who is typing. Pure. */
import type { BareJid, Conversation, Event } from '../ipc/types';

export interface ConversationsState {
  /** Newest first. */
  list: readonly Conversation[];
  typing: ReadonlySet<BareJid>;
  loaded: boolean;
}

export const emptyConversations: ConversationsState = { list: [], typing: new Set(), loaded: false };

const byNewest = (a: Conversation, b: Conversation) => b.updatedAt - a.updatedAt || (a.jid < b.jid ? -1 : 1);

export function loadConversations(state: ConversationsState, list: readonly Conversation[]): ConversationsState {
  return { ...state, list: [...list].sort(byNewest), loaded: true };
}

/** Puts one conversation in place. */
export function putConversation(state: ConversationsState, conversation: Conversation): ConversationsState {
  const list = state.list.filter((other) => other.jid !== conversation.jid);
  const at = list.findIndex((other) => byNewest(conversation, other) < 0);
  list.splice(at < 0 ? list.length : at, 0, conversation);
  return { ...state, list };
}

function withoutTyping(state: ConversationsState, jid: BareJid): ConversationsState {
  if (!state.typing.has(jid)) return state;
  const typing = new Set(state.typing);
  typing.delete(jid);
  return { ...state, typing };
}

export function applyConversations(state: ConversationsState, event: Event): ConversationsState {
  switch (event.kind) {
    case 'conversationChanged':
      return putConversation(state, event.conversation);
    case 'typing':
      if (event.state === 'paused') return withoutTyping(state, event.conversation);
      if (state.typing.has(event.conversation)) return state;
      return { ...state, typing: new Set(state.typing).add(event.conversation) };
    case 'messageAdded':
      // What was being typed has arrived.
      return event.message.direction === 'incoming' ? withoutTyping(state, event.message.conversation) : state;
    case 'contactChanged':
      return event.contact.presence === 'offline' ? withoutTyping(state, event.contact.jid) : state;
    default:
      return state;
  }
}

export function conversationOf(state: ConversationsState, jid: BareJid): Conversation | null {
  return state.list.find((conversation) => conversation.jid === jid) ?? null;
}

export function unreadTotal(state: ConversationsState): number {
  return state.list.reduce((sum, conversation) => sum + conversation.unread, 0);
}
