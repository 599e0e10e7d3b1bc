/**
 * A core made of data: the same commands and events, no network. For tests, and for looking at screens during
 * development; not part of the product.
 */
import { buildConversation, buildMessage, folderTotals, person, previewOf } from './build';
import { emptyFakePeople, fakeMessenger, type FakePeople } from './fake-messenger';
import type { Result } from '../ipc/errors';
import type { Messenger } from '../ipc/messenger';
import type { Commands, Transport, VideoFeed } from '../ipc/transport';
import type {
  Account,
  AccountId,
  BareJid,
  CallMedia,
  CallPhase,
  CallRecord,
  CallSnapshot,
  Contact,
  ContactRequest,
  Conversation,
  Devices,
  Event,
  EventEnvelope,
  FilesDragged,
  NoticeOpened,
  RingPlace,
  Message,
  MessageContent,
  Participant,
  QualitySample,
  RegistrationForm,
  FullSettings,
  Startup,
  TransportReport,
} from '../ipc/types';

export interface FakeData {
  accounts: Account[];
  settings: FullSettings;
  contacts: Contact[];
  requests: ContactRequest[];
  conversations: Conversation[];
  /** Oldest first, by conversation. */
  messages: Map<string, Message[]>;
  records: CallRecord[];
  calls: CallSnapshot[];
  devices: Devices;
  quality: QualitySample[];
  transports: TransportReport[];
  form: RegistrationForm | null;
  people: FakePeople;
  testMedia: boolean;
  development: boolean;
}

export const noTimings = {
  receivedMs: null,
  acceptedMs: null,
  describedMs: null,
  iceMs: null,
  connectedMs: null,
  firstAudioMs: null,
  firstVideoMs: null,
};

export function emptyData(): FakeData {
  return {
    accounts: [],
    settings: {
      language: 'en',
      theme: 'light',
      callWaiting: true,
      ringStrangers: 'silent',
      notifications: true,
      notificationDetails: true,
      mentionsBreakMute: true,
      push: null,
      keepDays: null,
      keepFiles: null,
      keepRunning: true,
      automaticDownloads: 5_242_880,
    },
    contacts: [],
    requests: [],
    conversations: [],
    messages: new Map(),
    records: [],
    calls: [],
    devices: { devices: [], selection: { microphone: null, speaker: null, camera: null } },
    quality: [],
    transports: [],
    form: null,
    people: emptyFakePeople(),
    testMedia: false,
    development: true,
  };
}

export const account = (id: AccountId, jid: string, name = ''): Account => ({
  id,
  jid,
  name,
  connection: { kind: 'online', catchingUp: false },
  server: {
    archive: true,
    relay: true,
    upload: true,
    maxUpload: null,
    groups: true,
    blocking: true,
    reporting: true,
    push: false,
  },
});

const ok = <T>(data: T): Promise<Result<T>> => Promise.resolve({ status: 'ok', data });
const refuse = <T>(code: string, message = code): Promise<Result<T>> =>
  Promise.resolve({ status: 'error', error: { code, message, detail: null } });

export class FakeCore implements Transport {
  readonly data: FakeData;
  /** What was asked for, in order. */
  readonly asked: { command: string; args: readonly unknown[] }[] = [];
  /** The next call of a command is refused with this code. */
  readonly refusals = new Map<string, string>();
  /** Answers of a command are what was true when it was asked, and come when this promise is kept. */
  readonly delays = new Map<string, Promise<void>>();
  readonly commands: Commands;
  /** All of the messenger's operations; a test may take some away. */
  messenger: Partial<Messenger>;
  video: VideoFeed = { attach: () => () => undefined };
  seq = 0;
  ring: RingPlace = { window: 'main', call: null, silenced: false };
  #handlers = new Set<(envelope: EventEnvelope) => void>();
  #rings = new Set<(place: RingPlace) => void>();
  #ids = 0;
  now: () => number = Date.now;

  constructor(data: FakeData = emptyData()) {
    this.data = data;
    this.commands = this.#watched(this.#operations());
    this.messenger = this.#watched(fakeMessenger(this));
  }

  /** Operations whose calls are noted, refused and delayed. */
  #watched<Operations extends object>(operations: Operations): Operations {
    return new Proxy(operations, {
      get: (target, name: string) => {
        const operation = target[name as keyof Operations] as ((...args: unknown[]) => Promise<unknown>) | undefined;
        if (operation === undefined) return undefined;
        return (...args: unknown[]) => {
          this.asked.push({ command: name, args });
          const code = this.refusals.get(name);
          this.refusals.delete(name);
          const answer = code === undefined ? operation(...args) : refuse(code);
          return this.delays.get(name)?.then(() => answer) ?? answer;
        };
      },
    });
  }

  listen(handler: (envelope: EventEnvelope) => void): Promise<() => void> {
    this.#handlers.add(handler);
    return Promise.resolve(() => this.#handlers.delete(handler));
  }

  /** Files of another program, as the shell tells of them. */
  drag: (event: FilesDragged) => void = () => undefined;

  followFiles(handler: (event: FilesDragged) => void): Promise<() => void> {
    this.drag = handler;
    return Promise.resolve(() => (this.drag = () => undefined));
  }

  /** Somebody presses on a notification of the shell. */
  pressNotice: (opened: NoticeOpened) => void = () => undefined;

  followNotices(handler: (opened: NoticeOpened) => void): Promise<() => void> {
    this.pressNotice = handler;
    return Promise.resolve(() => (this.pressNotice = () => undefined));
  }

  tray = true;
  /** A link of another program. It waits until somebody asks. */
  openLink(link: string): void {
    if (this.#links === null) this.#link = link;
    else this.#links(link);
  }
  #link: string | null = null;
  #links: ((link: string) => void) | null = null;

  followLinks(handler: (link: string) => void): Promise<() => void> {
    this.#links = handler;
    if (this.#link !== null) handler(this.#link);
    this.#link = null;
    return Promise.resolve(() => (this.#links = null));
  }

  followRings(handler: (place: RingPlace) => void): Promise<() => void> {
    this.#rings.add(handler);
    return Promise.resolve(() => this.#rings.delete(handler));
  }

  /** The shell decides anew where calls ring. */
  placeRing(change: Partial<RingPlace>): void {
    this.ring = { ...this.ring, ...change };
    for (const handler of this.#rings) handler(this.ring);
  }

  emit(event: Event, from: AccountId | null = this.data.accounts[0]?.id ?? null): void {
    this.seq++;
    for (const handler of this.#handlers) handler({ account: from, seq: this.seq, event });
  }

  id(prefix: string): string {
    return `${prefix}-${++this.#ids}`;
  }

  conversation(jid: string): Conversation {
    const known = this.data.conversations.find((other) => other.jid === jid);
    if (known !== undefined) return known;
    const fresh = buildConversation(jid, this.now());
    this.data.conversations.push(fresh);
    return fresh;
  }

  putConversation(conversation: Conversation): void {
    const others = this.data.conversations.filter((other) => other.jid !== conversation.jid);
    this.data.conversations = [...others, conversation];
    this.emit({ kind: 'conversationChanged', conversation });
  }

  /** A message arrives, or an own one is added. */
  addMessage(
    jid: string,
    direction: 'incoming' | 'outgoing',
    content: MessageContent | string,
    sentAt = this.now(),
  ): Message {
    const message = buildMessage(this.id('message'), jid, sentAt, {
      sender: person(direction === 'incoming' ? jid : (this.data.accounts[0]?.jid ?? '')),
      direction,
      content: typeof content === 'string' ? { kind: 'text', text: content } : content,
      delivery: { kind: direction === 'incoming' ? 'delivered' : 'queued' },
    });
    this.data.messages.set(jid, [...(this.data.messages.get(jid) ?? []), message]);
    this.emit({ kind: 'messageAdded', message });
    const before = this.conversation(jid);
    const unread = direction === 'incoming' ? before.unread + 1 : 0;
    this.putConversation({
      ...before,
      last: previewOf(message),
      unread,
      firstUnread: unread === 0 ? null : (before.firstUnread ?? message.id),
      updatedAt: sentAt,
    });
    return message;
  }

  updateMessage(message: Message, delivery: Message['delivery']): void {
    this.putMessage({ ...message, delivery });
  }

  /** Puts a message in place of the one with its id, and tells it. */
  putMessage(updated: Message): void {
    const list = this.data.messages.get(updated.conversation) ?? [];
    this.data.messages.set(
      updated.conversation,
      list.map((other) => (other.id === updated.id ? updated : other)),
    );
    this.emit({ kind: 'messageUpdated', message: updated });
  }

  makeCall(
    change: Partial<CallSnapshot> & { with: string; media?: CallMedia; person?: Partial<Participant> },
  ): CallSnapshot {
    const { with: jid, person, ...rest } = change;
    return {
      id: this.id('call'),
      account: this.data.accounts[0]?.id ?? 1,
      direction: 'outgoing',
      media: 'audio',
      mode: 'common',
      phase: { kind: 'calling' },
      participants: [
        { jid, state: 'inviting', media: { muted: false, camera: false, held: false }, quality: null, ...person },
      ],
      local: { muted: false, camera: change.media === 'video', held: false },
      waiting: false,
      startedAt: this.now(),
      ringsUntil: this.now() + 60_000,
      timings: noTimings,
      ...rest,
    };
  }

  /** Sets a call and tells it; an ended one leaves the list. */
  setCall(call: CallSnapshot): CallSnapshot {
    const others = this.data.calls.filter((other) => other.id !== call.id);
    this.data.calls = call.phase.kind === 'ended' ? others : [...others, call];
    this.emit({ kind: 'callChanged', call }, call.account);
    return call;
  }

  setPhase(id: string, phase: CallPhase, person: Partial<Participant> = {}): CallSnapshot | undefined {
    const call = this.data.calls.find((other) => other.id === id);
    if (call === undefined) return undefined;
    const [first, ...others] = call.participants;
    const participants = first === undefined ? [] : [{ ...first, ...person }, ...others];
    return this.setCall({ ...call, phase, participants });
  }

  #changeLocal(id: string, change: Partial<CallSnapshot['local']>): Promise<Result<null>> {
    const call = this.data.calls.find((other) => other.id === id);
    if (call === undefined) return refuse('invalidState');
    this.setCall({ ...call, local: { ...call.local, ...change } });
    return ok(null);
  }

  #operations(): Commands {
    const data = this.data;
    const startup = (): Startup => ({
      accounts: data.accounts,
      settings: data.settings,
      secretPlace: 'keychain',
      testMedia: data.testMedia,
      version: '0.1.0',
      development: data.development,
    });
    const signedIn = (jid: string) => {
      const id = Math.max(0, ...data.accounts.map((other) => other.id)) + 1;
      const known = data.accounts.find((other) => other.jid === jid);
      const next: Account = { ...(known ?? account(id, jid)), connection: { kind: 'online', catchingUp: false } };
      data.accounts = [...data.accounts.filter((other) => other.jid !== jid), next];
      this.emit({ kind: 'accountChanged', account: next }, next.id);
      return ok(next.id);
    };
    return {
      startup: () => ok(startup()),
      setHistoryAside: () => ok('/home/me/.local/share/confab/history.sqlite.1795234611164.aside'),
      settingsSave: (settings) => ((data.settings = { ...data.settings, ...settings }), ok(null)),
      signIn: (jid, password) => {
        if (password === 'wrong') return refuse('wrongPassword');
        if (jid.endsWith('@nowhere.invalid')) return refuse('unknownServer');
        return signedIn(jid);
      },
      signOut: (id) => {
        const known = data.accounts.find((other) => other.id === id);
        if (known === undefined) return refuse('unknownAccount');
        const next: Account = { ...known, connection: { kind: 'offline' } };
        data.accounts = data.accounts.map((other) => (other.id === id ? next : other));
        this.emit({ kind: 'accountChanged', account: next }, id);
        return ok(null);
      },
      removeAccount: (id) => {
        data.accounts = data.accounts.filter((other) => other.id !== id);
        this.emit({ kind: 'accountRemoved' }, id);
        return ok(null);
      },
      reconnect: () => ok(null),
      registrationForm: (domain) => (data.form === null ? refuse('registrationClosed') : ok({ ...data.form, domain })),
      register: (domain, _server, answers) =>
        signedIn(`${answers.find((answer) => answer.name === 'username')?.values[0] ?? 'me'}@${domain}`),
      contacts: () => ok(data.contacts),
      contactRequests: () => ok(data.requests),
      addContact: (_account, jid, name) => {
        const contact: Contact = {
          jid,
          name,
          subscription: 'none',
          requested: true,
          groups: [],
          presence: 'offline',
          status: '',
        };
        data.contacts = [...data.contacts.filter((other) => other.jid !== jid), contact];
        this.emit({ kind: 'contactChanged', contact });
        return ok(null);
      },
      acceptContact: (_account, jid) => {
        const request = data.requests.find((other) => other.from === jid);
        data.requests = data.requests.filter((other) => other.from !== jid);
        this.emit({ kind: 'contactRequestSettled', from: jid });
        const contact: Contact = {
          jid,
          name: request?.nickname ?? '',
          subscription: 'both',
          requested: false,
          groups: [],
          presence: 'online',
          status: '',
        };
        data.contacts = [...data.contacts, contact];
        this.emit({ kind: 'contactChanged', contact });
        return ok(null);
      },
      declineContact: (_account, jid) => {
        data.requests = data.requests.filter((other) => other.from !== jid);
        this.emit({ kind: 'contactRequestSettled', from: jid });
        return ok(null);
      },
      removeContact: (_account, jid) => {
        data.contacts = data.contacts.filter((other) => other.jid !== jid);
        this.emit({ kind: 'contactRemoved', jid });
        return ok(null);
      },
      renameContact: (_account, jid, name) => {
        const contact = data.contacts.find((other) => other.jid === jid);
        if (contact !== undefined) this.emit({ kind: 'contactChanged', contact: { ...contact, name } });
        return ok(null);
      },
      conversationPage: (_account, after, limit) => {
        const all = [...data.conversations].sort(
          (a, b) => Number(b.pinned) - Number(a.pinned) || b.updatedAt - a.updatedAt,
        );
        const end = Number(after ?? 0) + limit;
        const conversations = all.slice(Number(after ?? 0), end);
        const shown = new Set(conversations.flatMap(({ jid, last }) => [jid, last?.sender.jid ?? jid]));
        const those = <T extends { jid: BareJid }>(all: readonly T[]) => all.filter(({ jid }) => shown.has(jid));
        return ok({
          conversations,
          next: end < all.length ? `${end}` : null,
          behind: folderTotals(all.slice(end)),
          contacts: those(data.contacts).map((contact) => ({ ...contact, presence: 'offline', status: '' })),
          profiles: those(data.people.profiles),
          groups: those(data.people.groups),
        });
      },
      openConversation: (_account, jid) => ok(this.conversation(jid)),
      messages: (_account, jid, before, limit) => {
        const all = data.messages.get(jid) ?? [];
        const end = before === null ? all.length : all.findIndex((message) => message.id === before);
        const start = Math.max(0, end - limit);
        return ok({ messages: all.slice(start, end), complete: start === 0 });
      },
      sendText: (_account, jid, text) => ok(this.addMessage(jid, 'outgoing', text).id),
      resend: (_account, id) => {
        const message = [...data.messages.values()].flat().find((other) => other.id === id);
        if (message !== undefined) this.updateMessage(message, { kind: 'queued' });
        return ok(null);
      },
      setTyping: () => ok(null),
      markDisplayed: (_account, jid) => {
        this.putConversation({ ...this.conversation(jid), unread: 0, mentions: 0, firstUnread: null });
        return ok(null);
      },
      saveDraft: (_account, jid, draft) => {
        this.putConversation({ ...this.conversation(jid), draft });
        return ok(null);
      },
      searchMessages: (_account, query, jid, _before, limit) => {
        const all = jid === null ? [...data.messages.values()].flat() : (data.messages.get(jid) ?? []);
        const wanted = query.toLocaleLowerCase();
        const hits = all.filter(
          (m) => m.content.kind === 'text' && m.content.text.toLocaleLowerCase().includes(wanted),
        );
        return ok(hits.sort((a, b) => b.sentAt - a.sentAt).slice(0, limit));
      },
      placeCall: (_account, to, media) => ok(this.setCall(this.makeCall({ with: to, media })).id),
      acceptCall: (_account, id, media) => {
        const call = data.calls.find((other) => other.id === id);
        if (call === undefined) return refuse('invalidState');
        this.setCall({
          ...call,
          phase: { kind: 'connecting' },
          waiting: false,
          local: { ...call.local, camera: media === 'video' },
        });
        return ok(null);
      },
      rejectCall: (_account, id, text) => {
        this.setPhase(id, { kind: 'ended', reason: { kind: 'rejected', text } });
        return ok(null);
      },
      hangUp: (_account, id) => {
        const call = data.calls.find((other) => other.id === id);
        if (call === undefined) return refuse('invalidState');
        const since = call.phase.kind === 'connected' ? call.phase.since : null;
        this.setPhase(id, {
          kind: 'ended',
          reason:
            since === null
              ? { kind: 'cancelled' }
              : { kind: 'completed', durationS: Math.round((this.now() - since) / 1000) },
        });
        return ok(null);
      },
      setMuted: (_account, id, muted) => this.#changeLocal(id, { muted }),
      setCamera: (_account, id, camera) => this.#changeLocal(id, { camera }),
      addVideo: (_account, id) => {
        const call = data.calls.find((other) => other.id === id);
        if (call?.media !== 'audio') return refuse('invalidState');
        this.setCall({ ...call, media: 'video', local: { ...call.local, camera: true } });
        return ok(null);
      },
      removeVideo: (_account, id) => {
        const call = data.calls.find((other) => other.id === id);
        if (call?.media !== 'video') return refuse('invalidState');
        this.setCall({ ...call, media: 'audio', local: { ...call.local, camera: false } });
        return ok(null);
      },
      setHeld: (_account, id, held) => this.#changeLocal(id, { held }),
      calls: () => ok(data.calls),
      callRecords: (_account, count, cursor) => {
        const records = data.records.slice(cursor, cursor + count);
        return ok({ records, next: cursor + count < data.records.length ? cursor + count : 0 });
      },
      callReport: (_account, id) => {
        const record = data.records.find((other) => other.id === id);
        return record === undefined
          ? refuse('unknownCall')
          : ok({ record, quality: data.quality, transports: data.transports });
      },
      ringPlace: () => Promise.resolve(this.ring),
      silenceRing: () => Promise.resolve(this.placeRing({ silenced: true })).then(() => undefined),
      incomingDrawn: () => Promise.resolve(),
      hasTray: () => Promise.resolve(this.tray),
      quit: () => Promise.resolve(),
      devices: () => ok(data.devices),
      selectDevice: (kind, id) => {
        data.devices = { ...data.devices, selection: { ...data.devices.selection, [kind]: id } };
        return ok(data.devices);
      },
      videoSocket: () => refuse('noVideo'),
    };
  }
}
