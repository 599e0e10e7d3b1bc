/**
 * What the small window of a ringing call knows: the call that the shell gives it, whose name it is, how the app
 * looks. Far less than `App`: it must be on the screen at once, and it lives as long as the ringing.
 */
import { asIpcError, unwrap, type Result } from '../ipc/errors';
import { complete, type Messenger } from '../ipc/messenger';
import type { Commands, Transport } from '../ipc/transport';
import type { AccountId, BareJid, CallSnapshot, EventEnvelope, Profile, RingPlace, Startup } from '../ipc/types';
import { applyCalls, emptyCalls, isRinging, loadLive } from './calls';
import { applyContacts, emptyContacts, loadContacts } from './contacts';
import { looksOf, nameOfPerson, type Known } from './names';

/** A name must not hold up a ringing call: after this the address stands in for it. */
const NAME_LIMIT_MS = 300;

export class Incoming {
  place = $state.raw<RingPlace>({ window: 'incoming', call: null, silenced: false });
  startup = $state.raw<Startup | null>(null);
  /** An answer was refused, with its code. */
  failure = $state.raw<{ code: string; message: string } | null>(null);
  /** Everything that the first picture needs is there. */
  ready = $state.raw(false);

  readonly commands: Commands;
  readonly #transport: Transport;
  readonly #messenger: Messenger;
  #calls = $state.raw(emptyCalls);
  #contacts = $state.raw(emptyContacts);
  #profiles = $state.raw<ReadonlyMap<BareJid, Profile>>(new Map());
  /** The account of which these are. */
  #namesOf: AccountId | null = null;
  /** Events that came while the calls are being read: they are newer than the answer. */
  #held: EventEnvelope[] | null = null;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.commands = transport.commands;
    this.#messenger = complete(transport.messenger);
  }

  call: CallSnapshot | null = $derived(
    this.#calls.live.find((call) => call.id === this.place.call && isRinging(call)) ?? null,
  );
  #own = $derived(this.startup?.accounts.find((account) => account.id === this.call?.account) ?? null);
  /** The own address that is called. */
  account = $derived(this.#own?.jid ?? null);
  #known: Known = $derived({
    contacts: this.#contacts,
    profiles: this.#profiles,
    own: this.#own === null ? null : { jid: this.#own.jid, name: this.#own.name },
  });
  name = $derived.by(() => {
    const jid = this.call?.participants[0]?.jid ?? '';
    return nameOfPerson(this.#known, looksOf(this.#known), jid, this.#profiles.get(jid)?.name ?? '');
  });

  /** Listens, then reads what is there. A failure is silence here: the shell then brings the main window forward. */
  async start(): Promise<void> {
    let told = false;
    await Promise.all([
      this.#transport.listen((envelope) => this.handle(envelope)),
      this.#transport.followRings((place) => {
        told = true;
        this.place = place;
        void this.#readNames();
      }),
    ]);
    const [startup, place] = await Promise.all([
      unwrap(this.commands.startup()),
      this.commands.ringPlace(),
      this.#readCalls(),
    ]);
    this.startup = startup;
    if (!told) this.place = place;
    await Promise.race([this.#readNames(), new Promise((resolve) => setTimeout(resolve, NAME_LIMIT_MS))]);
    this.ready = true;
  }

  handle(envelope: EventEnvelope): void {
    if (envelope.event.kind === 'resync') {
      this.#readCalls().catch((error: unknown) => this.#fail(error));
      return;
    }
    this.#held?.push(envelope);
    this.#calls = applyCalls(this.#calls, envelope);
    if (envelope.account === this.call?.account) this.#contacts = applyContacts(this.#contacts, envelope.event);
  }

  async #readCalls(): Promise<void> {
    const held: EventEnvelope[] = [];
    this.#held = held;
    try {
      const live = await unwrap(this.commands.calls());
      if (this.#held === held) this.#calls = held.reduce(applyCalls, loadLive(this.#calls, live));
    } finally {
      if (this.#held === held) this.#held = null;
    }
  }

  /** Without names the address is shown. */
  async #readNames(): Promise<void> {
    const account = this.call?.account;
    if (account === undefined) return;
    if (account !== this.#namesOf) {
      this.#contacts = emptyContacts;
      this.#profiles = new Map();
      this.#namesOf = account;
    }
    const [contacts, profiles] = await Promise.all([
      unwrap(this.commands.contacts(account, false)).catch(() => null),
      unwrap(this.#messenger.profiles(account)).catch(() => []),
    ]);
    if (this.call?.account !== account) return;
    if (contacts !== null) this.#contacts = loadContacts(contacts, []);
    this.#profiles = new Map(profiles.map((profile) => [profile.jid, profile]));
  }

  /** Runs an operation whose only visible result are events; a failure is told in words. */
  async run<T>(operation: Promise<Result<T>>): Promise<T | undefined> {
    this.failure = null;
    try {
      return await unwrap(operation);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    const { code, message } = asIpcError(error);
    this.failure = { code, message };
  }
}
