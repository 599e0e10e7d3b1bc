/**
 * The UI's picture of the core. Owns the event stream: checks its numbers, hands each event to the pure stores,
 * and reads everything again after a gap. Goes in: events and results of commands. Comes out: reactive state.
 * It decides nothing about calls or messages; that is the core's.
 */
import { asIpcError, unwrap, type Result } from '../ipc/errors';
import { complete, type Messenger, type Operation, type Place } from '../ipc/messenger';
import type { Commands, Transport } from '../ipc/transport';
import type {
  AccountId,
  BareJid,
  Devices,
  EventEnvelope,
  FullSettings,
  RingPlace,
  Sender,
  Startup,
} from '../ipc/types';
import { localPart } from '../lib/avatar';
import { unmarked } from '../lib/bidi';
import { applyCalls, applyLevels, emptyCalls, loadLive, loadRecords, silence } from './calls';
import { applyContacts, emptyContacts, loadContacts, nameOf } from './contacts';
import {
  applyConversations,
  conversationOf,
  emptyConversations,
  loadConversations,
  putConversation,
} from './conversations';
import { applyDevices, noDevices } from './devices';
import { applyGroups, emptyGroups, loadGroups } from './groups';
import { Leaving } from './leaving.svelte';
import { addPage, addWindow, applyMessages, emptyMessages } from './messages';
import { addNotice, applyNotices, closeNotice, noNotices, type NoticeBody } from './notices';
import { applyPeople, emptyPeople, loadPeople } from './people';
import { Player } from './player.svelte';
import { Pictures } from './pictures.svelte';
import { applySession, currentAccount, emptySession, loadSession } from './session';
import { applyTransfers, noTransfers } from './transfers';
import { View } from './view.svelte';

/** One screen and a half of text; the core allows 200. */
const PAGE = 60;
const RECORDS = 50;
/** More than one reload takes; beyond it one more reload is cheaper than replaying. */
const MOST_HELD_BACK = 2000;

/** A call of any account takes the screen. */
const ofAnyAccount: ReadonlySet<string> = new Set(['callChanged', 'callRinging', 'callDiscarded']);

export const defaultSettings: FullSettings = {
  language: 'system',
  theme: 'system',
  callWaiting: true,
  ringStrangers: 'silent',
  notifications: true,
  notificationDetails: true,
  mentionsBreakMute: true,
  automaticDownloads: 5_242_880,
};

export class App {
  session = $state.raw(emptySession);
  contacts = $state.raw(emptyContacts);
  conversations = $state.raw(emptyConversations);
  messages = $state.raw(emptyMessages);
  transfers = $state.raw(noTransfers);
  people = $state.raw(emptyPeople);
  groups = $state.raw(emptyGroups);
  calls = $state.raw(emptyCalls);
  levels = $state.raw(silence);
  devices = $state.raw<Devices>(noDevices);
  notices = $state.raw(noNotices);
  settings = $state.raw<FullSettings>(defaultSettings);
  /** Which window shows a call that rings loudly; the shell decides. */
  ring = $state.raw<RingPlace>({ window: 'main', call: null, silenced: false });
  startup = $state.raw<Startup | null>(null);
  /** The core could not be reached at all. */
  broken = $state.raw<string | null>(null);

  readonly view = new View();
  readonly transport: Transport;
  readonly commands: Commands;
  readonly messenger: Messenger;
  readonly pictures: Pictures;
  /** Messages that are being deleted here. */
  readonly leaving: Leaving;
  readonly player: Player;

  #lastSeq: number | null = null;
  #reloading: Promise<void> | null = null;
  #reloadAgain = false;
  /** Events that arrived during a reload: its results may be older than they are. */
  #held: EventEnvelope[] = [];
  #loadedAccount: AccountId | null = null;
  readonly #pages = new Map<BareJid, Promise<void>>();

  constructor(transport: Transport) {
    this.transport = transport;
    this.commands = transport.commands;
    this.messenger = complete(transport.messenger);
    this.pictures = new Pictures((key) => {
      const account = this.#loadedAccount;
      return account === null || !this.can('avatar') ? null : this.messenger.avatar(account, key);
    });
    this.leaving = new Leaving((ids) => {
      const account = this.#loadedAccount;
      return account === null ? Promise.resolve() : this.run(this.messenger.deleteMessages(account, [...ids]));
    });
    this.player = new Player((message, fromMs) => {
      const account = this.#loadedAccount;
      if (account !== null) void this.run(this.messenger.playVoice(account, message, fromMs));
    });
  }

  /** Whether this core can do it. What it cannot is not on screen. */
  can(operation: Operation): boolean {
    return this.transport.messenger[operation] !== undefined;
  }

  account = $derived(currentAccount(this.session));

  /** Listens, then reads everything. Resolves when the first screen can be drawn. */
  async start(): Promise<() => void> {
    let stop: () => void = () => undefined;
    try {
      let told = false;
      const [unlisten, unfollow] = await Promise.all([
        this.transport.listen((envelope) => this.handle(envelope)),
        this.transport.followRings((place) => {
          told = true;
          this.ring = place;
        }),
      ]);
      stop = () => {
        unlisten();
        unfollow();
      };
      const place = await this.commands.ringPlace();
      // What was told meanwhile is newer.
      if (!told) this.ring = place;
      await this.reload();
    } catch (error) {
      this.broken = asIpcError(error).message;
    }
    return stop;
  }

  /** One event of the core. */
  handle(envelope: EventEnvelope): void {
    const last = this.#lastSeq;
    // Repeated or late: a number at most half the circle behind the last one.
    const ahead = last === null ? 1 : (envelope.seq - last) >>> 0;
    const restarted = envelope.seq === 1;
    this.#lastSeq = envelope.seq;
    if (envelope.event.kind === 'resync' || (ahead !== 1 && !restarted) || (restarted && last !== null)) {
      this.resync();
    }
    if (this.#reloading !== null) {
      if (this.#held.length < MOST_HELD_BACK) this.#held.push(envelope);
      else this.#reloadAgain = true;
    }
    this.#apply(envelope);
  }

  #apply(envelope: EventEnvelope): void {
    this.session = applySession(this.session, envelope);
    this.calls =
      this.#mine(envelope) || ofAnyAccount.has(envelope.event.kind) ? applyCalls(this.calls, envelope) : this.calls;
    this.levels = applyLevels(this.levels, envelope);
    this.notices = applyNotices(this.notices, envelope);
    this.devices = applyDevices(this.devices, envelope.event);
    if (this.#mine(envelope)) {
      this.contacts = applyContacts(this.contacts, envelope.event);
      this.conversations = applyConversations(this.conversations, envelope.event);
      this.messages = applyMessages(this.messages, envelope.event);
      this.transfers = applyTransfers(this.transfers, envelope.event);
      this.people = applyPeople(this.people, envelope.event);
      this.groups = applyGroups(this.groups, envelope.event);
      if (envelope.event.kind === 'conversationRemoved' && this.view.conversation === envelope.event.jid)
        this.view.conversation = null;
    }
    if (this.session.current !== this.#loadedAccount) this.resync();
  }

  #mine(envelope: EventEnvelope): boolean {
    return envelope.account === null || envelope.account === this.#loadedAccount;
  }

  /** Reads everything again, once more if asked while a reload is on its way. */
  resync(): void {
    if (this.#reloading !== null) {
      this.#reloadAgain = true;
      return;
    }
    this.reload().catch((error: unknown) => this.fail(error));
  }

  reload(): Promise<void> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = null;
      this.#held = [];
      if (this.#reloadAgain) {
        this.#reloadAgain = false;
        this.resync();
      }
    });
    return this.#reloading;
  }

  async #reload(): Promise<void> {
    const [startup, devices, live] = await Promise.all([
      unwrap(this.commands.startup()),
      unwrap(this.commands.devices()),
      unwrap(this.commands.calls()),
    ]);
    this.startup = startup;
    this.settings = { ...defaultSettings, ...startup.settings };
    this.devices = devices;
    this.session = loadSession(this.session, startup.accounts);
    this.calls = loadLive(this.calls, live);
    await this.#loadAccount(this.session.current);
    for (const envelope of this.#held.splice(0)) this.#apply(envelope);
  }

  async #loadAccount(account: AccountId | null): Promise<void> {
    const changed = account !== this.#loadedAccount;
    this.#loadedAccount = account;
    if (changed) {
      this.contacts = emptyContacts;
      this.conversations = emptyConversations;
      this.messages = emptyMessages;
      this.transfers = noTransfers;
      this.people = emptyPeople;
      this.groups = emptyGroups;
      this.calls = { ...emptyCalls, live: this.calls.live, rings: this.calls.rings, ended: this.calls.ended };
      this.view.reset();
    }
    if (account === null) return;
    const [contacts, requests, conversations, records] = await Promise.all([
      unwrap(this.commands.contacts(account, false)),
      unwrap(this.commands.contactRequests(account)),
      unwrap(this.commands.conversations(account)),
      unwrap(this.commands.callRecords(account, RECORDS, 0)),
      this.#loadPeople(account),
    ]);
    if (this.#loadedAccount !== account) return;
    this.contacts = loadContacts(contacts, requests);
    this.conversations = loadConversations(this.conversations, conversations);
    this.calls = loadRecords(this.calls, records, 0);
    // Of the open conversation the newest page is read again; others when they are opened.
    const open = this.view.conversation;
    this.messages = open === null ? emptyMessages : new Map([...this.messages].filter(([jid]) => jid === open));
    if (open !== null) await this.#loadPage(account, open, null);
  }

  /** What is known of people and groups, as far as this core tells. */
  async #loadPeople(account: AccountId): Promise<void> {
    const ask = <T>(operation: Operation, from: (messenger: Messenger) => Promise<Result<T>>, otherwise: T) =>
      this.can(operation) ? unwrap(from(this.messenger)) : Promise.resolve(otherwise);
    const [profiles, blocked, availability, groups, requests] = await Promise.all([
      ask('profiles', (messenger) => messenger.profiles(account), []),
      ask('blocked', (messenger) => messenger.blocked(account), []),
      ask('availability', (messenger) => messenger.availability(account), emptyPeople.availability),
      ask('groups', (messenger) => messenger.groups(account), []),
      ask('groupRequests', (messenger) => messenger.groupRequests(account), []),
    ]);
    if (this.#loadedAccount !== account) return;
    this.people = loadPeople(profiles, blocked, availability);
    this.groups = loadGroups(groups, requests);
  }

  /** Shows another account of this device. */
  switchTo(account: AccountId): void {
    this.session = { ...this.session, current: account };
    this.resync();
  }

  /** Makes sure that a conversation exists and its newest page is loaded. */
  async openConversation(jid: BareJid): Promise<void> {
    const account = this.#loadedAccount;
    if (account === null) return;
    const loading = this.messages.has(jid) ? Promise.resolve() : this.#loadPage(account, jid, null);
    const conversation = await unwrap(this.commands.openConversation(account, jid));
    if (this.#loadedAccount === account) this.conversations = putConversation(this.conversations, conversation);
    await loading;
  }

  /** Loads the page before the oldest loaded message; a second call while one is on its way joins it. */
  async loadOlder(jid: BareJid): Promise<void> {
    const account = this.#loadedAccount;
    const history = this.messages.get(jid);
    if (account === null || history === undefined || history.complete) return;
    await this.#loadPage(account, jid, history.messages[0]?.id ?? null);
  }

  /** Loads the part around a message or a time. */
  async loadAround(jid: BareJid, place: Place): Promise<void> {
    const account = this.#loadedAccount;
    if (account === null) return;
    const window = await unwrap(this.messenger.messagesAround(account, jid, place, PAGE));
    if (this.#loadedAccount === account) this.messages = addWindow(this.messages, jid, window);
  }

  /** Loads what follows the newest loaded message, after a jump to an older place. */
  async loadNewer(jid: BareJid): Promise<void> {
    const newest = this.messages.get(jid)?.messages.at(-1);
    if (newest === undefined || this.messages.get(jid)?.atEnd !== false) return;
    await this.loadAround(jid, { message: newest.id });
  }

  /** From an older place back to the newest messages. */
  async loadNewest(jid: BareJid): Promise<void> {
    const account = this.#loadedAccount;
    if (account === null || this.messages.get(jid)?.atEnd !== false) return;
    await this.#loadPage(account, jid, null);
  }

  #loadPage(account: AccountId, jid: BareJid, before: string | null): Promise<void> {
    const loading = this.#pages.get(jid);
    if (loading !== undefined) return loading;
    const page = unwrap(this.commands.messages(account, jid, before, PAGE))
      .then((result) => {
        if (this.#loadedAccount === account) this.messages = addPage(this.messages, jid, before, result);
      })
      .finally(() => this.#pages.delete(jid));
    this.#pages.set(jid, page);
    return page;
  }

  async loadMoreRecords(): Promise<void> {
    const account = this.#loadedAccount;
    const cursor = this.calls.next;
    if (account === null || cursor === 0) return;
    const page = await unwrap(this.commands.callRecords(account, RECORDS, cursor));
    if (this.#loadedAccount === account) this.calls = loadRecords(this.calls, page, cursor);
  }

  async saveSettings(change: Partial<FullSettings>): Promise<void> {
    const before = this.settings;
    const settings = { ...before, ...change };
    this.settings = settings;
    try {
      await unwrap(this.commands.settingsSave(settings));
    } catch (error) {
      this.settings = before;
      throw error;
    }
  }

  /** The name of a person or a group. */
  nameOf(jid: BareJid): string {
    const group = this.groups.groups.get(jid)?.name ?? conversationOf(this.conversations, jid)?.name ?? '';
    return unmarked(group).trim() || nameOf(this.contacts, jid, this.people.profiles.get(jid)?.name);
  }

  /** The own name, as the others read it. */
  get ownName(): string {
    const account = this.account;
    if (account === null) return '';
    return this.people.profiles.get(account.jid)?.name || account.name || localPart(account.jid);
  }

  isOwn(sender: Sender | null): boolean {
    return sender !== null && sender.jid !== null && sender.jid === this.account?.jid;
  }

  /** The name of whoever wrote a message. */
  nameOfSender(sender: Sender): string {
    if (this.isOwn(sender)) return this.ownName;
    if (sender.jid === null) return unmarked(sender.nickname).trim();
    return nameOf(this.contacts, sender.jid, this.people.profiles.get(sender.jid)?.name || sender.nickname);
  }

  /** A person's or a group's picture as a `data:` address, once it is there. */
  pictureOf(jid: BareJid | null): string | null {
    if (jid === null) return null;
    const key = this.groups.groups.get(jid)?.avatar ?? this.people.profiles.get(jid)?.avatar ?? null;
    return key === null ? null : this.pictures.of(key);
  }

  isGroup(jid: BareJid): boolean {
    return this.groups.groups.has(jid) || conversationOf(this.conversations, jid)?.kind === 'group';
  }

  /** Runs an operation whose only visible result are events; a failure is told in words. */
  async run<T>(operation: Promise<Result<T>>): Promise<T | undefined> {
    try {
      return await unwrap(operation);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  fail(error: unknown): void {
    const { code, message } = asIpcError(error);
    this.notify({ kind: 'failed', code, message });
  }

  notify(body: NoticeBody): void {
    this.notices = addNotice(this.notices, body);
  }

  closeNotice(id: number): void {
    this.notices = closeNotice(this.notices, id);
  }

  closeEnded(): void {
    this.calls = { ...this.calls, ended: null };
  }
}
