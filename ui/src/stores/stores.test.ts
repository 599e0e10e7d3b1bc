/** Event sequences through the pure stores. */
import { buildConversation, buildMessage, person, wholeList } from '../testing/build';
import { describe, expect, test } from 'vitest';
import type { CallRecord, Event, EventEnvelope, Message } from '../ipc/types';
import { account, FakeCore, noTimings } from '../testing/fake';
import { activeCall, applyCalls, applyLevels, emptyCalls, isMissed, loadRecords, ringingCall, silence } from './calls';
import { applyContacts, emptyContacts, isContact, loadContacts, nameOf } from './contacts';
import { applyConversations, emptyConversations, loadConversations, unreadTotal } from './conversations';
import { applyDevices, deviceInUse, isTestInput, noDevices } from './devices';
import { addPage, addWindow, applyMessages, emptyMessages, MOST_LOADED } from './messages';
import { addNotice, applyNotices, noNotices } from './notices';
import { applySession, currentAccount, emptySession, loadSession } from './session';

const envelope = (event: Event, from: number | null = 1): EventEnvelope => ({ account: from, seq: 1, event });
const BOB = 'bob@example.org';
const CAT = 'cat@example.org';

const message = (id: string, sentAt: number, change: Partial<Message> = {}) => buildMessage(id, BOB, sentAt, change);
const conversation = (jid: string, updatedAt: number, unread = 0) => buildConversation(jid, updatedAt, { unread });

describe('session', () => {
  test('shows the first account that is not signed out, and another one when it goes', () => {
    const one = account(1, 'a@x.org');
    const two = account(2, 'b@x.org');
    let state = loadSession(emptySession, [{ ...one, connection: { kind: 'offline' } }, two]);
    expect(state.current).toBe(2);
    state = applySession(state, envelope({ kind: 'accountChanged', account: one }));
    expect(state.current).toBe(2);
    state = applySession(state, envelope({ kind: 'accountRemoved' }, 2));
    expect(currentAccount(state)?.jid).toBe('a@x.org');
    state = applySession(
      state,
      envelope({ kind: 'accountChanged', account: { ...one, connection: { kind: 'offline' } } }),
    );
    expect(state.current).toBeNull();
  });

  test('keeps an account whose sign-in failed, so that the reason can be shown', () => {
    const failed = {
      ...account(1, 'a@x.org'),
      connection: { kind: 'failed', why: { kind: 'wrongPassword' } },
    } as const;
    expect(loadSession(emptySession, [failed]).current).toBe(1);
  });
});

describe('contacts', () => {
  const bob = {
    jid: BOB,
    name: 'Bob',
    subscription: 'both',
    requested: false,
    groups: [],
    presence: 'online',
    status: '',
  } as const;

  test('request, acceptance, change of presence, removal', () => {
    const request = { from: BOB, nickname: '', reason: 'hi', receivedAt: 1 };
    let state = applyContacts(emptyContacts, { kind: 'contactRequested', request });
    state = applyContacts(state, { kind: 'contactRequested', request: { ...request, reason: 'hi again' } });
    expect(state.requests).toEqual([{ ...request, reason: 'hi again' }]);
    state = applyContacts(state, { kind: 'contactRequestSettled', from: BOB });
    expect(state.requests).toEqual([]);
    state = applyContacts(state, { kind: 'contactChanged', contact: { ...bob, groups: [] } });
    expect(nameOf(state, BOB)).toBe('Bob');
    expect(isContact(state, BOB)).toBe(true);
    const removed = applyContacts(state, { kind: 'contactRemoved', jid: BOB });
    expect(nameOf(removed, BOB)).toBe('bob');
    expect(applyContacts(removed, { kind: 'contactRemoved', jid: BOB })).toBe(removed);
  });

  test('somebody who is only remembered is no contact; an own request makes one', () => {
    const state = loadContacts([{ ...bob, groups: [], subscription: 'none' }], []);
    expect(isContact(state, BOB)).toBe(false);
    expect(isContact(loadContacts([{ ...bob, groups: [], subscription: 'none', requested: true }], []), BOB)).toBe(
      true,
    );
  });
});

describe('conversations', () => {
  test('the changed one moves to its place; the sum of unread follows', () => {
    let state = loadConversations(emptyConversations, wholeList([conversation(BOB, 10), conversation(CAT, 20, 2)]));
    expect(state.list.map((c) => c.jid)).toEqual([CAT, BOB]);
    state = applyConversations(state, { kind: 'conversationChanged', conversation: conversation(BOB, 30, 1) });
    expect(state.list.map((c) => c.jid)).toEqual([BOB, CAT]);
    expect(unreadTotal(state, 0)).toBe(3);
  });

  test('typing ends with a pause, a message, or the person going offline', () => {
    const typing: Event = { kind: 'typing', conversation: BOB, who: person(BOB), state: 'composing' };
    const ends: Event[] = [
      { kind: 'typing', conversation: BOB, who: person(BOB), state: 'paused' },
      { kind: 'messageAdded', message: message('m', 1) },
      {
        kind: 'contactChanged',
        contact: {
          jid: BOB,
          name: '',
          subscription: 'both',
          requested: false,
          groups: [],
          presence: 'offline',
          status: '',
        },
      },
    ];
    for (const end of ends) {
      const state = applyConversations(emptyConversations, typing);
      expect(state.typing.has(BOB)).toBe(true);
      expect(applyConversations(state, end).typing.has(BOB)).toBe(false);
    }
    const own: Event = { kind: 'messageAdded', message: message('m', 1, { direction: 'outgoing' }) };
    expect(applyConversations(applyConversations(emptyConversations, typing), own).typing.has(BOB)).toBe(true);
  });
});

describe('messages', () => {
  const ids = (state: typeof emptyMessages) => state.get(BOB)?.messages.map((m) => m.id);

  test('pages, late arrivals and updates keep the order and never double', () => {
    let state = addPage(emptyMessages, BOB, null, { messages: [message('c', 3), message('d', 4)], complete: false });
    state = applyMessages(state, { kind: 'messageAdded', message: message('f', 6) });
    state = applyMessages(state, { kind: 'messageAdded', message: message('e', 5) });
    state = applyMessages(state, { kind: 'messageAdded', message: message('e', 5) });
    expect(ids(state)).toEqual(['c', 'd', 'e', 'f']);
    state = addPage(state, BOB, 'c', { messages: [message('a', 1), message('b', 2), message('c', 3)], complete: true });
    expect(ids(state)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    // The server's clock puts a message elsewhere.
    state = applyMessages(state, {
      kind: 'messageUpdated',
      message: message('f', 2.5, { delivery: { kind: 'read' } }),
    });
    expect(ids(state)).toEqual(['a', 'b', 'f', 'c', 'd', 'e']);
  });

  test('what is older than the loaded page waits for its page; unknown updates are not shown', () => {
    const state = addPage(emptyMessages, BOB, null, { messages: [message('c', 3)], complete: false });
    expect(applyMessages(state, { kind: 'messageAdded', message: message('a', 1) })).toBe(state);
    expect(applyMessages(state, { kind: 'messageUpdated', message: message('z', 9) })).toBe(state);
    expect(applyMessages(emptyMessages, { kind: 'messageAdded', message: message('a', 1) })).toBe(emptyMessages);
  });

  test('of a long conversation what somebody looks at is kept, and the way back is open', () => {
    const part = (from: number, count: number) =>
      Array.from({ length: count }, (_, n) => message(`m${from + n}`, from + n));
    let state = addPage(emptyMessages, BOB, null, { messages: part(9000, 1000), complete: false });
    state = addPage(state, BOB, 'm9000', { messages: part(8000, 1000), complete: true });
    let history = state.get(BOB);
    expect([history?.messages.length, history?.messages[0]?.id]).toEqual([MOST_LOADED, 'm8000']);
    expect([history?.atEnd, history?.complete]).toEqual([false, true]);
    const last = 8000 + MOST_LOADED - 1;
    state = addWindow(state, BOB, { messages: part(last, 60), complete: false, atEnd: true });
    history = state.get(BOB);
    expect([history?.messages.length, history?.messages.at(-1)?.id]).toEqual([MOST_LOADED, `m${last + 59}`]);
    expect([history?.atEnd, history?.complete]).toEqual([true, false]);
  });

  test('a page that was asked for from a place that is gone makes no gap', () => {
    const state = addPage(emptyMessages, BOB, null, { messages: [message('x', 30)], complete: false });
    expect(addPage(state, BOB, 'c', { messages: [message('a', 1)], complete: true })).toBe(state);
  });

  test('announced history is asked for once per place', () => {
    const loaded: Event = { kind: 'historyLoaded', conversation: BOB, before: 'c', complete: true };
    let state = addPage(emptyMessages, BOB, null, { messages: [message('c', 3)], complete: true });
    state = applyMessages(state, loaded);
    expect(state.get(BOB)?.complete).toBe(false);
    state = addPage(state, BOB, 'c', { messages: [], complete: true });
    expect(applyMessages(state, loaded).get(BOB)?.complete).toBe(true);
  });
});

describe('calls', () => {
  const core = new FakeCore();
  const changed = (call: ReturnType<FakeCore['makeCall']>) => envelope({ kind: 'callChanged', call });

  test('an outgoing call through all phases to its end screen', () => {
    const call = core.makeCall({ with: BOB });
    let state = applyCalls(emptyCalls, changed(call));
    expect(activeCall(state)?.id).toBe(call.id);
    expect(ringingCall(state)).toBeNull();
    state = applyCalls(state, changed({ ...call, phase: { kind: 'connected', since: 5 } }));
    expect(state.live).toHaveLength(1);
    const end = { ...call, phase: { kind: 'ended', reason: { kind: 'completed', durationS: 3 } } } as const;
    state = applyCalls(state, changed(end));
    expect(state.live).toEqual([]);
    expect(state.ended).toEqual(end);
    const next = core.makeCall({ with: CAT });
    expect(applyCalls(state, changed(next)).ended).toBeNull();
  });

  test('an incoming call that is settled without this device leaves nothing behind', () => {
    const call = core.makeCall({ with: BOB, direction: 'incoming' });
    let state = applyCalls(emptyCalls, changed(call));
    expect(ringingCall(state)?.id).toBe(call.id);
    expect(activeCall(state)).toBeNull();
    state = applyCalls(state, changed({ ...call, phase: { kind: 'ended', reason: { kind: 'answeredElsewhere' } } }));
    expect(state).toEqual(emptyCalls);
  });

  test('strangers are listed and do not ring; two calls that met become one', () => {
    const call = core.makeCall({ with: BOB, direction: 'incoming' });
    let state = applyCalls(emptyCalls, changed(call));
    state = applyCalls(state, envelope({ kind: 'callRinging', call: call.id, ring: 'silent' }));
    expect(ringingCall(state)).toBeNull();
    state = applyCalls(state, envelope({ kind: 'callRinging', call: call.id, ring: 'loud' }));
    expect(ringingCall(state)?.id).toBe(call.id);
    state = applyCalls(state, envelope({ kind: 'callDiscarded', call: call.id }));
    expect(state).toEqual(emptyCalls);
  });

  test('with one call held, the other one is in front', () => {
    const held = core.makeCall({
      with: BOB,
      phase: { kind: 'connected', since: 1 },
      local: { muted: false, camera: false, held: true },
    });
    const other = core.makeCall({ with: CAT, phase: { kind: 'connected', since: 2 } });
    expect(activeCall({ ...emptyCalls, live: [held, other] })?.id).toBe(other.id);
    expect(activeCall({ ...emptyCalls, live: [held] })?.id).toBe(held.id);
  });

  test('records come in by age, are replaced, and pages do not double them', () => {
    const record = (id: string, startedAt: number, reason: CallRecord['reason'] = null): CallRecord => ({
      id,
      direction: 'incoming',
      media: 'audio',
      people: [[BOB, 'timeout']],
      startedAt,
      answeredAt: null,
      endedAt: null,
      reason,
      answeredBy: null,
      timings: noTimings,
    });
    let state = loadRecords(emptyCalls, { records: [record('b', 2)], next: 1 }, 0);
    state = applyCalls(state, envelope({ kind: 'callRecorded', record: record('c', 3) }));
    state = applyCalls(state, envelope({ kind: 'callRecorded', record: record('c', 3, { kind: 'timeout' }) }));
    state = loadRecords(state, { records: [record('b', 2), record('a', 1)], next: 0 }, 1);
    expect(state.records.map((r) => r.id)).toEqual(['c', 'b', 'a']);
    expect(state.records.map(isMissed)).toEqual([true, false, false]);
  });

  test('levels fall silent with their call', () => {
    const call = core.makeCall({ with: BOB });
    const loud = applyLevels(
      silence,
      envelope({ kind: 'audioLevels', call: call.id, level: { local: 50, remote: 60 } }),
    );
    expect(loud.level.remote).toBe(60);
    expect(applyLevels(loud, changed({ ...call, phase: { kind: 'ended', reason: { kind: 'cancelled' } } }))).toBe(
      silence,
    );
  });
});

test('the device in use is the chosen one while it is there, else the default', () => {
  const device = (id: string, isDefault: boolean) =>
    ({ id, kind: 'microphone', name: id, isDefault, isTest: false }) as const;
  const devices = applyDevices(noDevices, {
    kind: 'devicesChanged',
    devices: {
      devices: [device('a', false), device('b', true)],
      selection: { microphone: 'a', speaker: null, camera: null },
    },
  });
  expect(deviceInUse(devices, 'microphone')?.id).toBe('a');
  expect(deviceInUse({ ...devices, devices: [device('b', true)] }, 'microphone')?.id).toBe('b');
  expect(deviceInUse(devices, 'camera')).toBeNull();
});

test('a test input is one that was chosen, or that stands in where there is no other', () => {
  const device = (id: string, isTest: boolean) => ({ id, kind: 'camera', name: id, isDefault: false, isTest }) as const;
  const [real, built] = [device('front', false), device('test:picture', true)];
  const state = (devices: readonly (typeof real)[], camera: string | null) => ({
    devices: [...devices],
    selection: { microphone: null, speaker: null, camera },
  });
  const cases: [ReturnType<typeof state>, boolean, boolean][] = [
    [state([real, built], null), true, false],
    [state([built], null), true, true],
    [state([built], null), false, false],
    [state([real, built], 'test:picture'), false, true],
    [state([real, built], 'front'), true, false],
    [state([], 'test:picture'), false, true],
    [state([], 'unplugged'), true, false],
  ];
  for (const [devices, standIn, expected] of cases) expect(isTestInput(devices, 'camera', standIn)).toBe(expected);
});

test('notices: the same one is not repeated, and only the last few stay', () => {
  let state = noNotices;
  for (const code of ['a', 'a', 'b', 'c', 'd', 'e']) state = addNotice(state, { kind: 'warning', code, detail: '' });
  expect(state.list.map((n) => n.body.kind === 'warning' && n.body.code)).toEqual(['b', 'c', 'd', 'e']);
  state = applyNotices(state, envelope({ kind: 'deviceFailed', device: 'camera', code: 'busy', detail: '' }));
  expect(state.list.at(-1)?.body).toEqual({ kind: 'deviceFailed', device: 'camera', code: 'busy' });
});
