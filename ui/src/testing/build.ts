/** Entities of the core with nothing special about them, for tests and samples. */
import type {
  BareJid,
  Conversation,
  ConversationPage,
  FolderTotals,
  Message,
  MessagePreview,
  Sender,
} from '../ipc/types';

export const person = (jid: BareJid): Sender => ({ jid, nickname: '', occupant: null });

/** An incoming text of a person. */
export const buildMessage = (id: string, from: BareJid, sentAt: number, change: Partial<Message> = {}): Message => ({
  id,
  conversation: from,
  sender: person(from),
  direction: 'incoming',
  content: { kind: 'text', text: id },
  sentAt,
  delivery: { kind: 'delivered' },
  editedAt: null,
  replyTo: null,
  forwarded: null,
  reactions: [],
  mentions: [],
  mentionsMe: false,
  extension: null,
  config: null,
  pushText: null,
  ...change,
});

export const buildConversation = (
  jid: BareJid,
  updatedAt: number,
  change: Partial<Conversation> = {},
): Conversation => ({
  jid,
  kind: 'direct',
  name: '',
  last: null,
  unread: 0,
  mentions: 0,
  firstUnread: null,
  messageCount: 0,
  draft: '',
  updatedAt,
  pinned: false,
  archived: false,
  mutedUntil: null,
  isRequest: false,
  ...change,
});

export const previewOf = ({ id, sender, direction, content, sentAt, delivery }: Message): MessagePreview => ({
  id,
  sender,
  direction,
  content,
  sentAt,
  delivery,
});

/** The sums of conversations that stand behind a page, at the beginning of time. */
export function folderTotals(conversations: readonly Conversation[]): FolderTotals {
  const total = (those: readonly Conversation[], call: (one: Conversation) => number) => ({
    chats: those.length,
    unread: those.reduce((sum, one) => sum + call(one), 0),
  });
  const known = conversations.filter(({ isRequest }) => !isRequest);
  return {
    main: total(
      known.filter(({ archived }) => !archived),
      ({ mutedUntil, mentions, unread }) => (mutedUntil === null ? unread : mentions),
    ),
    archived: total(
      known.filter(({ archived }) => archived),
      ({ unread }) => unread,
    ),
    requests: total(
      conversations.filter(({ isRequest }) => isRequest),
      ({ unread }) => unread,
    ),
  };
}

/** A list that is one page. */
export const wholeList = (conversations: Conversation[]): ConversationPage => ({
  conversations,
  next: null,
  behind: folderTotals([]),
  contacts: [],
  profiles: [],
  groups: [],
});
