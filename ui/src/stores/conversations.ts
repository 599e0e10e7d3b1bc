/**
 * The chat list: conversations in its order, its folders, and who is typing. It comes in pages, the first screen before
 * the rest; until the last one is here the sums of what is missing stand in for it. Pure.
 */
import type { BareJid, Conversation, ConversationPage, Event, FolderTotals, Sender } from '../ipc/types';
import { isSameSender } from '../lib/sender';

export interface ConversationsState {
  /** Pinned ones first, then newest first. */
  list: readonly Conversation[];
  /** In a group there may be several. */
  typing: ReadonlyMap<BareJid, readonly Sender[]>;
  /** The first page is here. */
  loaded: boolean;
  /** Where the next page begins; `null` when all are here. */
  next: string | null;
  /** What stands behind the pages that are here. */
  behind: FolderTotals;
}

const nothing = { chats: 0, unread: 0 };
export const noTotals: FolderTotals = { main: nothing, archived: nothing, requests: nothing };

export const emptyConversations: ConversationsState = {
  list: [],
  typing: new Map(),
  loaded: false,
  next: null,
  behind: noTotals,
};

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

/** The list begins anew with these. */
export function loadConversations(
  state: ConversationsState,
  { conversations, next, behind }: ConversationPage,
): ConversationsState {
  return { ...state, list: [...conversations].sort(inOrder), loaded: true, next, behind };
}

/** The next page. Of `changed` conversations, told by events since it was asked for, the list knows better. */
export function addConversations(
  state: ConversationsState,
  { conversations, next, behind }: ConversationPage,
  changed: ReadonlySet<BareJid>,
): ConversationsState {
  const fresh = conversations.filter(({ jid }) => !changed.has(jid));
  const come = new Set(fresh.map(({ jid }) => jid));
  const list = [...state.list.filter(({ jid }) => !come.has(jid)), ...fresh].sort(inOrder);
  return { ...state, list, next, behind };
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
  }, state.behind.main.unread);
}

/** Unread messages of a folder beside the main one. */
export function unreadIn(state: ConversationsState, folder: Exclude<Folder, 'main'>): number {
  return state.list.reduce(
    (sum, conversation) => sum + (folderOf(conversation) === folder ? conversation.unread : 0),
    state.behind[folder].unread,
  );
}
