/** Entities of the core with nothing special about them, for tests and samples. */
import type { BareJid, Conversation, Message, MessagePreview, Sender } from '../ipc/types';

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
