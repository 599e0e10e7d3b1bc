/** The loaded part of each conversation's history, oldest first. Pure. */
import type { MessageWindow } from '../ipc/messenger';
import type { BareJid, Event, Message, MessageId, MessagePage } from '../ipc/types';

export interface History {
  /** Oldest first, without gaps. */
  messages: readonly Message[];
  /** Nothing older exists, here or on the server. */
  complete: boolean;
  /** The newest message is among them; else the person jumped to an older place. */
  atEnd: boolean;
  /** Before which message the core announced more; each place is asked for at most once. */
  announced: MessageId | null;
}

export type MessagesState = ReadonlyMap<BareJid, History>;

export const emptyMessages: MessagesState = new Map();

const order = (a: Message, b: Message) => a.sentAt - b.sentAt;

/**
 * Messages kept of one conversation: some twenty screens in both directions. What is further away is read again when
 * somebody scrolls there, so that a page costs the same in a conversation of 100 and of 100,000 messages.
 */
export const MOST_LOADED = 1200;

/** Without what lies too far from the end that somebody looks at. */
function bounded(history: History, looksAt: 'oldest' | 'newest'): History {
  const { messages } = history;
  if (messages.length <= MOST_LOADED) return history;
  return looksAt === 'oldest'
    ? { ...history, messages: messages.slice(0, MOST_LOADED), atEnd: false }
    : { ...history, messages: messages.slice(-MOST_LOADED), complete: false, announced: null };
}

/** Replaces a message with the same id, or puts a new one behind all that are not newer. */
function put(messages: readonly Message[], message: Message): readonly Message[] {
  const known = messages.findIndex((other) => other.id === message.id);
  if (known >= 0 && messages[known]?.sentAt === message.sentAt) return messages.with(known, message);
  const rest = known >= 0 ? messages.toSpliced(known, 1) : messages;
  let at = rest.length;
  while (at > 0 && (rest[at - 1]?.sentAt ?? 0) > message.sentAt) at--;
  return rest.toSpliced(at, 0, message);
}

function update(state: MessagesState, jid: BareJid, change: (history: History) => History): MessagesState {
  const history = state.get(jid);
  if (history === undefined) return state;
  const changed = change(history);
  return changed === history ? state : new Map(state).set(jid, changed);
}

/** A page that was asked for: the newest one (`before` is null) or the one before the oldest loaded message. */
export function addPage(
  state: MessagesState,
  jid: BareJid,
  before: MessageId | null,
  page: MessagePage,
): MessagesState {
  const known = before === null ? undefined : state.get(jid);
  if (known === undefined)
    return new Map(state).set(jid, {
      messages: [...page.messages].sort(order),
      complete: page.complete,
      atEnd: true,
      announced: null,
    });
  // Asked for from a place that is not loaded any more: what came would leave a gap.
  if (!known.messages.some((message) => message.id === before)) return state;
  const ids = new Set(page.messages.map((message) => message.id));
  const messages = [...page.messages, ...known.messages.filter((message) => !ids.has(message.id))];
  const joined = { ...known, messages: messages.sort(order), complete: page.complete };
  return new Map(state).set(jid, bounded(joined, 'oldest'));
}

/** The part around a place: joined to what is loaded if they touch, else in its stead. */
export function addWindow(state: MessagesState, jid: BareJid, window: MessageWindow): MessagesState {
  const known = state.get(jid);
  const ids = new Set(window.messages.map((message) => message.id));
  const touches = known?.messages.some((message) => ids.has(message.id)) ?? false;
  const fresh: History = {
    messages: [...window.messages].sort(order),
    complete: window.complete,
    atEnd: window.atEnd,
    announced: null,
  };
  if (known === undefined || !touches) return new Map(state).set(jid, fresh);
  const messages = [...known.messages.filter((message) => !ids.has(message.id)), ...window.messages].sort(order);
  const begins = (history: History) => history.complete && messages[0]?.id === history.messages[0]?.id;
  const joined: History = {
    messages,
    complete: begins(known) || begins(fresh),
    atEnd: known.atEnd || window.atEnd,
    announced: known.announced,
  };
  const isNewer = messages.at(-1)?.id !== known.messages.at(-1)?.id;
  return new Map(state).set(jid, bounded(joined, isNewer ? 'newest' : 'oldest'));
}

function without(history: History, gone: ReadonlySet<MessageId>): History {
  const messages = history.messages.filter((message) => !gone.has(message.id));
  return messages.length === history.messages.length ? history : { ...history, messages };
}

export function applyMessages(state: MessagesState, event: Event): MessagesState {
  switch (event.kind) {
    case 'messageAdded':
    case 'messageUpdated': {
      const { message } = event;
      return update(state, message.conversation, (history) => {
        const oldest = history.messages[0];
        const known = history.messages.some((other) => other.id === message.id);
        // Older than what is loaded: it comes with its page, and would make a gap here.
        if (!known && !history.complete && oldest !== undefined && message.sentAt < oldest.sentAt) return history;
        if (!known && (event.kind === 'messageUpdated' || !history.atEnd)) return history;
        return { ...history, messages: put(history.messages, message) };
      });
    }
    case 'messagesRemoved':
      return update(state, event.conversation, (history) => without(history, new Set(event.messages)));
    case 'conversationRemoved': {
      if (!state.has(event.jid)) return state;
      const rest = new Map(state);
      rest.delete(event.jid);
      return rest;
    }
    case 'historyLoaded':
      return update(state, event.conversation, (history) => {
        const oldest = history.messages[0]?.id ?? null;
        if (event.before !== oldest || history.announced === (oldest ?? '')) return history;
        return { ...history, complete: false, announced: oldest ?? '' };
      });
    default:
      return state;
  }
}
