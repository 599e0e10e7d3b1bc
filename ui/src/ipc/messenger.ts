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
  Language,
  Location,
  Mention,
  Message,
  MessageId,
  PickedFile,
  Profile,
  RecordedClip,
  Sender,
  Timestamp,
  Value,
  VoiceSpeed,
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

/** `null` leaves it as it is. */
export interface GroupChange {
  name?: string | null;
  description?: string | null;
  public?: boolean | null;
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
  /** Only what this person wrote. */
  sender?: BareJid | null;
  /** Only older ones than this: the next page. */
  before: MessageId | null;
  limit: number;
}

export type { PickedFile } from './types';

/** A page to read, or data for programs. */
export type ExportForm = 'html' | 'json';

export interface Messenger {
  signOutEverywhere(account: AccountId): Promise<Result<null>>;
  changePassword(account: AccountId, password: string): Promise<Result<null>>;
  /** From its server, for good. */
  deleteAccount(account: AccountId): Promise<Result<null>>;
  /** The groups of the contact list that a contact is in. */
  groupContact(account: AccountId, jid: BareJid, groups: string[]): Promise<Result<null>>;
  /** Asks for a folder; `null` if the person thought better of it. */
  exportConversation(
    account: AccountId,
    conversation: BareJid,
    form: ExportForm,
    language: Language,
  ): Promise<Result<string | null>>;
  /** Asks where, with a name to begin with. */
  backUp(name: string, passphrase: string): Promise<Result<string | null>>;
  pickBackup(): Promise<Result<string | null>>;
  /** The app starts again with it. */
  restoreBackup(path: string, passphrase: string): Promise<Result<null>>;

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
  playVoice(account: AccountId, message: MessageId | null, fromMs: number, speed: VoiceSpeed): Promise<Result<null>>;
  /** Plays what was recorded and waits to be sent, by its path. `playVoice` with `null` ends it. */
  playRecording(path: string, fromMs: number, speed: VoiceSpeed): Promise<Result<null>>;
  /** Opens the microphone; a clip that waits in the core is thrown away. */
  startRecording(): Promise<Result<null>>;
  finishRecording(): Promise<Result<RecordedClip>>;
  cancelRecording(): Promise<Result<null>>;
  /** The system's dialog for files. */
  pickFiles(): Promise<Result<PickedFile[]>>;
  /** What the clipboard has beside text, where the window does not get it. */
  pasteFiles(): Promise<Result<PickedFile[]>>;
  /** Keeps what was pasted or dropped (base64) until it is sent: a path for a draft. */
  keepFile(name: string, data: string): Promise<Result<string>>;
  /** Deletes what was recorded or kept and is not sent. */
  discardFile(path: string): Promise<Result<null>>;

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
  /** `messages`: those that the report shows, 10 at most. */
  block(account: AccountId, jid: BareJid, report: ReportReason | null, messages: MessageId[]): Promise<Result<null>>;
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

  /** `refresh`: read from the server. */
  groups(account: AccountId, refresh: boolean): Promise<Result<Group[]>>;
  /** Also of one that this account has nothing to do with: as it describes itself. */
  groupInfo(account: AccountId, group: BareJid, refresh: boolean): Promise<Result<Group>>;
  groupRequests(account: AccountId): Promise<Result<GroupRequest[]>>;
  groupMembers(account: AccountId, group: BareJid, refresh: boolean): Promise<Result<GroupMember[]>>;
  createGroup(account: AccountId, draft: GroupDraft): Promise<Result<Group>>;
  /** By an address or an `xmpp:` link; `text` for those who let people in. The state of the answer says what came of it. */
  joinGroup(account: AccountId, address: string, text: string): Promise<Result<Group>>;
  leaveGroup(account: AccountId, group: BareJid): Promise<Result<null>>;
  dissolveGroup(account: AccountId, group: BareJid, reason: string): Promise<Result<null>>;
  changeGroup(account: AccountId, group: BareJid, change: GroupChange): Promise<Result<null>>;
  /** A PNG or JPEG in base64, square; `null` takes it away. */
  setGroupPicture(account: AccountId, group: BareJid, picture: string | null): Promise<Result<null>>;
  inviteToGroup(account: AccountId, group: BareJid, people: BareJid[], text: string): Promise<Result<null>>;
  setGroupRole(account: AccountId, group: BareJid, member: Sender, role: GroupRole): Promise<Result<null>>;
  removeFromGroup(account: AccountId, group: BareJid, member: Sender, reason: string): Promise<Result<null>>;
  /** Takes a message of somebody back for everybody. */
  moderateMessage(account: AccountId, message: MessageId, reason: string): Promise<Result<null>>;
  answerGroupRequest(account: AccountId, request: GroupRequest, accept: boolean, text: string): Promise<Result<null>>;
  /** By which others come in. */
  groupLink(account: AccountId, group: BareJid): Promise<Result<string>>;
}

export type Operation = keyof Messenger;

/** All operations; those that are not offered refuse. Whoever asked `can` before never meets that. */
export function complete(partial: Partial<Messenger>): Messenger {
  return new Proxy(partial, {
    get: (target, name: Operation) => target[name] ?? (() => Promise.resolve(refused('notAvailable'))),
  }) as Messenger;
}
