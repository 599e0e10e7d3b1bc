/**
 * The UI's picture of the core. Owns the event stream: checks its numbers, hands each event to the pure stores,
 * and reads everything again after a gap. Goes in: events and results of commands. Comes out: reactive state.
 * It decides nothing about calls or messages; that is the core's.
 */
import { t } from '../i18n/i18n.svelte';
import { asIpcError, unwrap, type Result } from '../ipc/errors';
import { complete, type Messenger, type Operation, type Place } from '../ipc/messenger';
import type { Commands, Transport } from '../ipc/transport';
import type {
  AccountId,
  BareJid,
  ConversationPage,
  Devices,
  EventEnvelope,
  FullSettings,
  IpcError,
  MessageId,
  RingPlace,
  Sender,
  Startup,
  VoiceSpeed,
} from '../ipc/types';
import { localPart } from '../lib/avatar';
import { plainName } from '../lib/identity';
import { applyCalls, applyLevels, emptyCalls, loadLive, loadRecords, silence } from './calls';
import { applyContacts, emptyContacts, loadContacts, loadSomeContacts } from './contacts';
import {
  addConversations,
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
import { chosenName, looksOf, nameOfPerson, type Known } from './names';
import { addNotice, applyNotices, closeNotice, noNotices, type NoticeBody } from './notices';
import { applyPeople, emptyPeople, loadPeople } from './people';
import { Player } from './player.svelte';
import { Pictures } from './pictures.svelte';
import { Recorder } from './recorder.svelte';
import { applySession, currentAccount, emptySession, isUsable, loadSession } from './session';
import { applyTransfers, noTransfers } from './transfers';
import { View } from './view.svelte';

/** One screen and a half of text; the core allows 200. */
const PAGE = 60;
const RECORDS = 50;
/** Chats of the first page: more than the tallest window shows. The others follow in larger ones; the core allows 500. */
const FIRST_CHATS = 60;
const MORE_CHATS = 250;
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
  push: null,
  keepDays: null,
  keepFiles: null,
  keepRunning: true,
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
  /** Why the core cannot start, or cannot be reached at all. */
  broken = $state.raw<IpcError | null>(null);

  readonly view = new View();
  readonly transport: Transport;
  readonly commands: Commands;
  readonly messenger: Messenger;
  readonly pictures: Pictures;
  /** Messages that are being deleted here. */
  readonly leaving: Leaving;
  readonly player: Player;
  readonly recorder: Recorder;

  #lastSeq: number | null = null;
  #reloading: Promise<void> | null = null;
  #reloadAgain = false;
  /** Events that arrived during a reload: its results may be older than they are. */
  #held: EventEnvelope[] = [];
  #loadedAccount: AccountId | null = null;
  readonly #pages = new Map<BareJid, Promise<void>>();
  /** Messages after which more is being loaded. */
  readonly #newer = new Set<MessageId>();
  /** The rest of the chat list is on its way. */
  #loadingChats: Promise<void> | null = null;
  /** Chats of which events told since the last page of them was asked for. */
  readonly #changedChats = new Set<BareJid>();

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
    this.player = new Player((message, fromMs, speed) => void this.#play(message, fromMs, speed));
    const { messenger } = this;
    this.recorder = new Recorder(
      {
        start: () => messenger.startRecording(),
        finish: () => messenger.finishRecording(),
        cancel: () => messenger.cancelRecording(),
        discard: (path) => messenger.discardFile(path),
      },
      () => this.session.current,
      (error) => this.#failVoice(error, 'microphone'),
    );
  }

  async #play(message: MessageId | null, fromMs: number, speed: VoiceSpeed): Promise<void> {
    const account = this.#loadedAccount;
    if (account === null) return;
    try {
      await unwrap(
        message !== null && this.recorder.waits(message)
          ? this.messenger.playRecording(message, fromMs, speed)
          : this.messenger.playVoice(account, message, fromMs, speed),
      );
    } catch (error) {
      this.player.refused();
      this.#failVoice(error, 'speaker');
    }
  }

  /** A call, or a device that cannot be used, in words for it. */
  #failVoice(error: unknown, device: 'microphone' | 'speaker'): void {
    const { code, message, detail } = asIpcError(error);
    if (code === 'deviceFailed') this.notify({ kind: 'deviceFailed', device, code: detail ?? '' });
    else this.notify({ kind: 'failed', code: code === 'busy' ? 'voiceDuringCall' : code, message });
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
      this.broken = asIpcError(error);
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
    this.recorder.apply(envelope.event);
    if (this.#mine(envelope)) {
      if (envelope.event.kind === 'voicePlayed') this.player.apply(envelope.event.playback);
      this.contacts = applyContacts(this.contacts, envelope.event);
      if (envelope.event.kind === 'conversationChanged') this.#changedChats.add(envelope.event.conversation.jid);
      if (envelope.event.kind === 'conversationRemoved') this.#changedChats.add(envelope.event.jid);
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
    this.reload().catch((error: unknown) => this.#notRead(error));
  }

  reload(): Promise<void> {
    this.#reloading ??= this.#reload().finally(() => {
      this.#reloading = null;
      // Where the reading failed they were not told again yet: they are newer than what was read.
      for (const envelope of this.#held.splice(0)) this.#apply(envelope);
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
    const page = await this.#readChats(account, changed);
    if (this.#loadedAccount !== account) return;
    if (changed) {
      // The list is drawn with those whom it shows, before everybody is here.
      this.contacts = loadSomeContacts(page.contacts);
      this.people = loadPeople(page.profiles, [], emptyPeople.availability);
      this.groups = loadGroups(page.groups, []);
    }
    this.conversations = loadConversations(this.conversations, page);
    // Of the open conversation the newest page is read again; others when they are opened.
    const open = this.view.conversation;
    this.messages = open === null ? emptyMessages : new Map([...this.messages].filter(([jid]) => jid === open));
    await Promise.all([this.#readRest(account), open === null ? null : this.#loadPage(account, open, null)]);
    if (this.#loadedAccount === account) void this.loadAllChats();
  }

  /** The list is on screen: what fails beside it is told, and asked for once more. */
  async #readRest(account: AccountId): Promise<void> {
    try {
      await this.#loadRest(account).catch(() => this.#loadRest(account));
    } catch (error) {
      this.#notRead(error);
    }
  }

  /** What the first screen is drawn without. */
  async #loadRest(account: AccountId): Promise<void> {
    const [contacts, requests, records] = await Promise.all([
      unwrap(this.commands.contacts(account, false)),
      unwrap(this.commands.contactRequests(account)),
      unwrap(this.commands.callRecords(account, RECORDS, 0)),
      this.#loadPeople(account),
    ]);
    if (this.#loadedAccount !== account) return;
    this.contacts = loadContacts(contacts, requests);
    this.calls = loadRecords(this.calls, records, 0);
  }

  /** The first page of the list; of an account that is on screen already all of it, so that nothing of it goes away meanwhile. */
  async #readChats(account: AccountId, isNew: boolean): Promise<ConversationPage> {
    const first = await unwrap(this.commands.conversationPage(account, null, FIRST_CHATS));
    if (isNew || this.conversations.list.length <= FIRST_CHATS) return first;
    const all = [...first.conversations];
    let page = first;
    while (page.next !== null) {
      page = await unwrap(this.commands.conversationPage(account, page.next, MORE_CHATS));
      all.push(...page.conversations);
    }
    // What moved down meanwhile came twice.
    const conversations = [...new Map(all.map((conversation) => [conversation.jid, conversation])).values()];
    return { ...page, conversations };
  }

  /** Loads what is missing of the list of chats, page by page. A second call while one is on its way joins it. */
  loadAllChats(): Promise<void> {
    this.#loadingChats ??= this.#loadChats().finally(() => (this.#loadingChats = null));
    return this.#loadingChats;
  }

  async #loadChats(): Promise<void> {
    try {
      while (this.conversations.next !== null && this.#loadedAccount !== null) {
        const [account, next] = [this.#loadedAccount, this.conversations.next];
        this.#changedChats.clear();
        const page = await unwrap(this.commands.conversationPage(account, next, MORE_CHATS));
        // Else another account is here, or everything was read again.
        if (this.#loadedAccount === account && this.conversations.next === next)
          this.conversations = addConversations(this.conversations, page, this.#changedChats);
      }
    } catch (error) {
      this.#notRead(error);
    }
  }

  /** What is known of people and groups, as far as this core tells. */
  async #loadPeople(account: AccountId): Promise<void> {
    const ask = <T>(operation: Operation, from: (messenger: Messenger) => Promise<Result<T>>, otherwise: T) =>
      this.can(operation) ? unwrap(from(this.messenger)) : Promise.resolve(otherwise);
    const [profiles, blocked, availability, groups, requests] = await Promise.all([
      ask('profiles', (messenger) => messenger.profiles(account), []),
      ask('blocked', (messenger) => messenger.blocked(account), []),
      ask('availability', (messenger) => messenger.availability(account), emptyPeople.availability),
      ask('groups', (messenger) => messenger.groups(account, false), []),
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

  /** Shows another account until its list is here. Whether it does: nobody is signed in with it, or somebody chose another one
   * meanwhile. */
  async show(account: AccountId): Promise<boolean> {
    const known = this.session.accounts.find((other) => other.id === account);
    if (known === undefined || !isUsable(known)) return false;
    if (this.session.current !== account) this.switchTo(account);
    while (this.session.current === account && (this.#loadedAccount !== account || !this.conversations.loaded))
      await this.reload();
    return this.session.current === account;
  }

  /** Makes sure that a conversation exists and its newest page is loaded. */
  async openConversation(jid: BareJid): Promise<void> {
    const account = this.#loadedAccount;
    if (account === null) return;
    const loading = this.messages.has(jid) ? Promise.resolve() : this.#loadPage(account, jid, null);
    const conversation = await unwrap(this.commands.openConversation(account, jid));
    if (this.#loadedAccount === account) {
      this.#changedChats.add(jid);
      this.conversations = putConversation(this.conversations, conversation);
    }
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
    const account = this.#loadedAccount;
    if (account === null || newest === undefined || this.messages.get(jid)?.atEnd !== false) return;
    if (this.#newer.has(newest.id)) return;
    this.#newer.add(newest.id);
    try {
      const window = await unwrap(this.messenger.messagesAround(account, jid, { message: newest.id }, 2 * PAGE));
      // Whoever has jumped elsewhere meanwhile stays there.
      const is = this.messages.get(jid)?.messages.some((message) => message.id === newest.id) ?? false;
      if (is && this.#loadedAccount === account) this.messages = addWindow(this.messages, jid, window);
    } finally {
      this.#newer.delete(newest.id);
    }
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

  #known = $derived.by((): Known => {
    const { account } = this;
    const profiles = this.people.profiles;
    const own =
      account === null ? null : { jid: account.jid, name: profiles.get(account.jid)?.name || account.name || '' };
    return { contacts: this.contacts, profiles, own };
  });
  #looks = $derived(looksOf(this.#known));

  #nameOfPerson(jid: BareJid, chosen: string): string {
    return nameOfPerson(this.#known, this.#looks, jid, chosen);
  }

  /** The name of a person or a group. */
  nameOf(jid: BareJid): string {
    const group = this.groups.groups.get(jid)?.name ?? conversationOf(this.conversations, jid)?.name ?? '';
    return plainName(group) || this.#nameOfPerson(jid, this.people.profiles.get(jid)?.name ?? '');
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
    const nickname = plainName(sender.nickname);
    if (sender.jid === null)
      return nickname === '' ? t('person.hidden') : chosenName(this.#looks, nickname, null, t('person.hidden'));
    return this.#nameOfPerson(sender.jid, plainName(this.people.profiles.get(sender.jid)?.name ?? '') || nickname);
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

  /** Something could not be read. Of an account that is gone by now (a first sign-in that failed) nobody misses it. */
  #notRead(error: unknown): void {
    if (asIpcError(error).code !== 'unknownAccount') this.fail(error);
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
