/**
 * The operations of a whole messenger, as the screens use them. An operation is on screen (`App.can`) from the day on
 * that it stands in `offered` of `tauri.ts`; the fake core offers all of them. What is generated into `bindings.ts` later takes the
 * place of the types below: same names, same shapes.
 */
import { refused, type Result } from './errors';
import type {
  AccountId,
  Availability,
  BareJid,
  Group,
  GroupRequest,
  GroupRole,
  Location,
  Mention,
  Message,
  MessageId,
  Profile,
  Sender,
  Timestamp,
  Value,
} from './types';

type Json = { [key in string]: Value };

export type DraftContent =
  | { kind: 'text'; text: string }
  | { kind: 'file'; path: string; name: string | null; caption: string; voice: boolean }
  | { kind: 'location'; location: Location }
  | { kind: 'custom'; text: string };

/** What is to be sent. */
export interface MessageDraft {
  content: DraftContent;
  replyTo?: MessageId | null;
  mentions?: Mention[];
  extension?: Json | null;
  config?: Json | null;
  pushText?: string | null;
}

/** `null` leaves it as it is; a time in the past unmutes. */
export interface ConversationChange {
  pinned?: boolean | null;
  archived?: boolean | null;
  mutedUntil?: Timestamp | null;
}

export type ReportReason = 'spam' | 'abuse';

export interface MessageReceipt {
  by: Sender;
  deliveredAt: Timestamp | null;
  readAt: Timestamp | null;
}

export interface GroupMember {
  who: Sender;
  role: GroupRole;
  present: boolean;
  own: boolean;
}

export interface GroupDraft {
  name: string;
  description: string;
  public: boolean;
  members: BareJid[];
  welcome: string;
  /** A picture of this device. */
  picture: string | null;
}

/** The part of a conversation around a message or a time. */
export interface MessageWindow {
  /** Oldest first. */
  messages: Message[];
  /** Nothing older, here or on the server. */
  complete: boolean;
  /** The newest message is among them. */
  atEnd: boolean;
}

export type Place = { message: MessageId } | { date: Timestamp };

export type SearchKind = 'any' | 'images' | 'files' | 'voice' | 'links';

/** What is looked for; `text` may be empty if there is a kind. */
export interface MessageSearch {
  text: string;
  conversation: BareJid | null;
  kind: SearchKind;
  /** Only older ones than this: the next page. */
  before: MessageId | null;
  limit: number;
}

/** A file of this device that is about to be sent. */
export interface PickedFile {
  path: string;
  name: string;
  /** Bytes. */
  size: number;
  /** A `data:` picture of it, if it is one. */
  preview: string | null;
}

export interface Messenger {
  sendMessage(account: AccountId, conversation: BareJid, draft: MessageDraft): Promise<Result<MessageId>>;
  editMessage(account: AccountId, message: MessageId, text: string, mentions: Mention[]): Promise<Result<null>>;
  recallMessage(account: AccountId, message: MessageId): Promise<Result<null>>;
  /** `emojis`: all that this account reacts with from now on. */
  react(account: AccountId, message: MessageId, emojis: string[]): Promise<Result<null>>;
  forwardMessages(account: AccountId, messages: MessageId[], to: BareJid[]): Promise<Result<null>>;
  deleteMessages(account: AccountId, messages: MessageId[]): Promise<Result<null>>;
  receipts(account: AccountId, message: MessageId): Promise<Result<MessageReceipt[]>>;

  cancelTransfer(account: AccountId, message: MessageId): Promise<Result<null>>;
  download(account: AccountId, message: MessageId): Promise<Result<null>>;
  /** Asks where, and copies it there; `null` if the person thought better of it. */
  saveAttachment(account: AccountId, message: MessageId): Promise<Result<string | null>>;
  /** With the program that the system has for it. */
  openAttachment(account: AccountId, message: MessageId): Promise<Result<null>>;
  /** An address that an `<img>` may show, of a picture that is on this device. */
  picture(account: AccountId, message: MessageId): Promise<Result<string>>;
  /** Plays a voice clip from `fromMs`; another one stops. Ends with `null`. */
  playVoice(account: AccountId, message: MessageId | null, fromMs: number): Promise<Result<null>>;
  /** The system's dialog for files. */
  pickFiles(): Promise<Result<PickedFile[]>>;
  /** Keeps what was pasted or dropped (base64) until it is sent: a path for a draft. */
  keepFile(name: string, data: string): Promise<Result<string>>;

  messagesAround(
    account: AccountId,
    conversation: BareJid,
    place: Place,
    limit: number,
  ): Promise<Result<MessageWindow>>;
  /** Newest first. */
  search(account: AccountId, search: MessageSearch): Promise<Result<Message[]>>;

  setConversation(account: AccountId, jid: BareJid, change: ConversationChange): Promise<Result<null>>;
  deleteConversation(account: AccountId, jid: BareJid): Promise<Result<null>>;
  acceptRequest(account: AccountId, jid: BareJid): Promise<Result<null>>;
  block(account: AccountId, jid: BareJid, report: ReportReason | null): Promise<Result<null>>;
  unblock(account: AccountId, jid: BareJid): Promise<Result<null>>;
  blocked(account: AccountId): Promise<Result<BareJid[]>>;

  profiles(account: AccountId): Promise<Result<Profile[]>>;
  setProfile(account: AccountId, name: string): Promise<Result<null>>;
  /** A PNG or JPEG in base64, square; `null` takes it away. */
  setAvatar(account: AccountId, picture: string | null): Promise<Result<null>>;
  /** A `data:` address for the key of a profile or group. */
  avatar(account: AccountId, key: string): Promise<Result<string>>;
  availability(account: AccountId): Promise<Result<Availability>>;
  setAvailability(account: AccountId, availability: Availability): Promise<Result<null>>;

  groups(account: AccountId): Promise<Result<Group[]>>;
  groupRequests(account: AccountId): Promise<Result<GroupRequest[]>>;
  groupMembers(account: AccountId, group: BareJid): Promise<Result<GroupMember[]>>;
  createGroup(account: AccountId, draft: GroupDraft): Promise<Result<BareJid>>;
  joinGroup(account: AccountId, group: BareJid, text: string): Promise<Result<null>>;
  leaveGroup(account: AccountId, group: BareJid): Promise<Result<null>>;
  dissolveGroup(account: AccountId, group: BareJid, reason: string): Promise<Result<null>>;
  changeGroup(account: AccountId, group: BareJid, name: string, description: string): Promise<Result<null>>;
  inviteToGroup(account: AccountId, group: BareJid, people: BareJid[]): Promise<Result<null>>;
  setGroupRole(account: AccountId, group: BareJid, member: Sender, role: GroupRole): Promise<Result<null>>;
  removeFromGroup(account: AccountId, group: BareJid, member: Sender, reason: string): Promise<Result<null>>;
  answerGroupRequest(account: AccountId, request: GroupRequest, accept: boolean): Promise<Result<null>>;
}

export type Operation = keyof Messenger;

/** All operations; those that are not offered refuse. Whoever asked `can` before never meets that. */
export function complete(partial: Partial<Messenger>): Messenger {
  return new Proxy(partial, {
    get: (target, name: Operation) => target[name] ?? (() => Promise.resolve(refused('notAvailable'))),
  }) as Messenger;
}
