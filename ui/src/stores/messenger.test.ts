/** Windows of a history, transfers, people, groups, folders, the clip that plays. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Event, Group, GroupRequest, VoicePlayback } from '../ipc/types';
import { buildConversation, buildMessage, wholeList } from '../testing/build';
import { applyConversations, emptyConversations, isMuted, loadConversations, unreadTotal } from './conversations';
import { applyGroups, emptyGroups, loadGroups } from './groups';
import { addPage, addWindow, applyMessages, emptyMessages } from './messages';
import { applyPeople, emptyPeople, isDisturbable } from './people';
import { Pictures } from './pictures.svelte';
import { Player } from './player.svelte';
import { Recorder } from './recorder.svelte';
import { applyTransfers, noTransfers } from './transfers';

const BOB = 'bob@x.org';
const message = (id: string, at: number) => buildMessage(id, BOB, at);

describe('windows of a history', () => {
  const ids = (state: typeof emptyMessages) => state.get(BOB)?.messages.map(({ id }) => id);
  const window = (from: number, to: number, more: Partial<{ complete: boolean; atEnd: boolean }> = {}) => ({
    messages: Array.from({ length: to - from + 1 }, (_, i) => message(`m${from + i}`, from + i)),
    complete: false,
    atEnd: false,
    ...more,
  });
  const newest = addPage(emptyMessages, BOB, null, { messages: [message('m8', 8), message('m9', 9)], complete: false });

  test('a place far away stands alone, and nothing new is put behind it', () => {
    let state = addWindow(newest, BOB, window(1, 3, { complete: true }));
    expect(ids(state)).toEqual(['m1', 'm2', 'm3']);
    expect(state.get(BOB)).toMatchObject({ complete: true, atEnd: false });
    state = applyMessages(state, { kind: 'messageAdded', message: message('m10', 10) });
    expect(ids(state)).toEqual(['m1', 'm2', 'm3']);
    state = applyMessages(state, { kind: 'messageUpdated', message: { ...message('m2', 2), editedAt: 5 } });
    expect(state.get(BOB)?.messages[1]?.editedAt).toBe(5);
  });

  test('windows that touch are joined, up to the end', () => {
    let state = addWindow(newest, BOB, window(1, 3));
    state = addWindow(state, BOB, window(3, 6));
    expect(ids(state)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6']);
    state = addWindow(state, BOB, window(6, 9, { atEnd: true }));
    expect(state.get(BOB)?.atEnd).toBe(true);
    expect(ids(state)).toHaveLength(9);
  });

  test('what was deleted is gone, one or all', () => {
    let state = applyMessages(newest, { kind: 'messagesRemoved', conversation: BOB, messages: ['m8'] });
    expect(ids(state)).toEqual(['m9']);
    expect(applyMessages(state, { kind: 'messagesRemoved', conversation: BOB, messages: ['m8'] })).toBe(state);
    state = applyMessages(state, { kind: 'conversationRemoved', jid: BOB });
    expect(state.has(BOB)).toBe(false);
  });
});

describe('the chat list', () => {
  const list = [
    buildConversation('a@x', 1, { unread: 2, pinned: true }),
    buildConversation('b@x', 3, { unread: 4, mentions: 1, mutedUntil: 1000 }),
    buildConversation('c@x', 2, { unread: 8, archived: true }),
    buildConversation('d@x', 4, { unread: 16, isRequest: true }),
  ];
  test('pinned ones first; muted, archived and strange ones do not call', () => {
    const state = loadConversations(emptyConversations, wholeList(list));
    expect(state.list.map(({ jid }) => jid)).toEqual(['a@x', 'd@x', 'b@x', 'c@x']);
    expect(unreadTotal(state, 0)).toBe(3);
    expect(unreadTotal(state, 1000)).toBe(6);
    expect(list.map((conversation) => isMuted(conversation, 999))).toEqual([false, true, false, false]);
    const rest = applyConversations(state, { kind: 'conversationRemoved', jid: 'a@x' });
    expect(rest.list).toHaveLength(3);
  });

  test('several people type in a group, and stop one by one', () => {
    const typing = (who: string, state: 'composing' | 'paused'): Event => ({
      kind: 'typing',
      conversation: 'g@x',
      who: { jid: null, nickname: who, occupant: who },
      state,
    });
    let state = emptyConversations;
    for (const event of [typing('a', 'composing'), typing('b', 'composing'), typing('a', 'composing')])
      state = applyConversations(state, event);
    expect(state.typing.get('g@x')?.map((who) => who.nickname)).toEqual(['a', 'b']);
    state = applyConversations(state, typing('a', 'paused'));
    expect(state.typing.get('g@x')?.map((who) => who.nickname)).toEqual(['b']);
    state = applyConversations(state, typing('b', 'paused'));
    expect(state.typing.has('g@x')).toBe(false);
  });
});

test('transfers go on until the state of the file has changed', () => {
  const progressed: Event = {
    kind: 'transferProgressed',
    conversation: BOB,
    message: 'm',
    progress: { done: 1, total: 2, percent: 50 },
  };
  const updated = (kind: 'downloading' | 'local'): Event => ({
    kind: 'messageUpdated',
    message: {
      ...message('m', 1),
      content: {
        kind: 'file',
        caption: '',
        file: {
          kind: { kind: 'file' },
          name: 'x',
          mediaType: 'a/b',
          size: 2,
          thumbnail: null,
          transfer: kind === 'local' ? { kind } : { kind, percent: 0 },
        },
      },
    },
  });
  let state = applyTransfers(noTransfers, progressed);
  expect(applyTransfers(state, updated('downloading'))).toBe(state);
  state = applyTransfers(state, updated('local'));
  expect(state.size).toBe(0);
});

test('people: profiles, the blocked, do not disturb with an end', () => {
  const profile = { jid: BOB, name: 'Bob', avatar: 'k', updatedAt: 1 };
  let state = applyPeople(emptyPeople, { kind: 'profileChanged', profile });
  state = applyPeople(state, { kind: 'blockedChanged', blocked: [BOB] });
  expect([state.profiles.get(BOB), state.blocked.has(BOB)]).toEqual([profile, true]);
  expect(isDisturbable({ doNotDisturb: true, until: 10, status: '' }, 9)).toBe(false);
  expect(isDisturbable({ doNotDisturb: true, until: 10, status: '' }, 10)).toBe(true);
  expect(isDisturbable({ doNotDisturb: true, until: null, status: '' }, 10)).toBe(false);
  expect(isDisturbable({}, 10)).toBe(true);
});

test('groups and what waits for an answer', () => {
  const group: Group = {
    jid: 'g@x',
    name: 'G',
    description: '',
    public: false,
    hasArchive: true,
    showsAddresses: true,
    moderation: false,
    nickname: '',
    role: 'member',
    state: { kind: 'joined' },
    avatar: null,
    memberCount: 2,
  };
  const request: GroupRequest = { group: 'g@x', kind: 'application', from: BOB, name: '', text: 'a', receivedAt: 1 };
  let state = applyGroups(loadGroups([], []), { kind: 'groupChanged', group });
  state = applyGroups(state, { kind: 'groupRequested', request });
  state = applyGroups(state, { kind: 'groupRequested', request: { ...request, text: 'b' } });
  expect(state.requests.map((other) => other.text)).toEqual(['b']);
  state = applyGroups(state, { kind: 'groupRequestSettled', group: 'g@x', from: BOB, request: 'invitation' });
  expect(state.requests).toHaveLength(1);
  state = applyGroups(state, { kind: 'groupRequestSettled', group: 'g@x', from: BOB, request: 'application' });
  expect(state.requests).toEqual([]);
  state = applyGroups(state, { kind: 'groupMembersChanged', group: 'g@x' });
  expect(state.changes.get('g@x')).toBe(1);
  expect(applyGroups(state, { kind: 'groupRemoved', jid: 'g@x' }).groups.size).toBe(0);
  expect(applyGroups(emptyGroups, { kind: 'resync' })).toBe(emptyGroups);
});

test('a picture is asked for once, and only what is a picture is taken', async () => {
  const asked: string[] = [];
  const pictures = new Pictures((key) => {
    asked.push(key);
    const data = key === 'bad' ? 'https://evil.example/x.png' : `data:image/png;base64,${key}`;
    return Promise.resolve({ status: 'ok', data });
  });
  expect([pictures.of('a'), pictures.of('a'), pictures.of('bad')]).toEqual([null, null, null]);
  await Promise.resolve();
  await Promise.resolve();
  expect([pictures.of('a'), pictures.of('bad')]).toEqual(['data:image/png;base64,a', null]);
  expect(asked).toEqual(['a', 'bad']);
});

describe('the player', () => {
  const playing = (message: string, state: VoicePlayback['state'], positionMs: number): VoicePlayback => ({
    message,
    state,
    positionMs,
    durationMs: 1000,
  });
  let said: unknown[];
  let player: Player;
  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    said = [];
    player = new Player((...what) => said.push(what));
  });
  afterEach(() => vi.useRealTimers());

  test('one clip plays at a time; each goes on where it was stopped', () => {
    player.play('a', 1000, 0);
    vi.advanceTimersByTime(400);
    expect(player.positionOf('a', Date.now())).toBe(400);
    player.play('b', 500, 100);
    expect(player.positionOf('a', Date.now())).toBe(400);
    vi.advanceTimersByTime(200);
    player.stop();
    expect(player.positionOf('b', Date.now())).toBe(300);
    player.stop();
    expect(said).toEqual([
      ['a', 0, 'normal'],
      ['b', 100, 'normal'],
      [null, 0, 'normal'],
    ]);
  });

  test('the core knows where it is, how long it is and when it ends', () => {
    player.play('a', 5000, 0);
    vi.advanceTimersByTime(300);
    player.apply(playing('a', { kind: 'playing' }, 200));
    expect(player.positionOf('a', Date.now())).toBe(200);
    vi.advanceTimersByTime(5000);
    expect(player.clip).toBeNull();
    player.play('a', 1000, 0);
    player.apply(playing('b', { kind: 'ended' }, 0));
    expect(player.clip?.message).toBe('a');
    player.apply(playing('a', { kind: 'ended' }, 1000));
    expect([player.clip, player.positionOf('a', Date.now())]).toEqual([null, 0]);
    player.play('a', 1000, 0);
    player.apply(playing('a', { kind: 'stopped' }, 700));
    expect([player.clip, player.positionOf('a', Date.now())]).toEqual([null, 700]);
  });

  test('faster and to another place', () => {
    player.play('a', 10_000, 0);
    player.nextSpeed();
    vi.advanceTimersByTime(1000);
    expect(player.positionOf('a', Date.now())).toBe(1500);
    player.seek('a', 10_000, 8000);
    player.seek('b', 10_000, 50);
    expect(player.positionOf('b', Date.now())).toBe(50);
    expect(said).toEqual([
      ['a', 0, 'normal'],
      ['a', 0, 'oneAndAHalf'],
      ['a', 8000, 'oneAndAHalf'],
    ]);
  });
});

describe('the recorder', () => {
  const clip = { path: '/v.ogg', durationMs: 900, waveform: [1], size: 10 };
  const ok = <T>(data: T) => Promise.resolve({ status: 'ok', data } as const);
  const setUp = () => {
    const said: unknown[] = [];
    let account = 1;
    const failed: unknown[] = [];
    const core = {
      start: vi.fn(() => ok(null)),
      finish: () => ok(clip),
      cancel: () => (said.push('cancel'), ok(null)),
      discard: (path: string) => (said.push(path), ok(null)),
    };
    return {
      recorder: new Recorder(
        core,
        () => account,
        (error) => failed.push(error),
      ),
      switchTo: (to: number) => (account = to),
      core,
      said,
      failed,
    };
  };
  const progress = (elapsedMs: number, ended: 'callStarted' | null = null): Event => ({
    kind: 'recordingProgressed',
    progress: { elapsedMs, level: 50, ended },
  });

  test('from the press to the clip', async () => {
    const { recorder, core } = setUp();
    const started = recorder.start('a');
    expect(recorder.nowIn('a')).toMatchObject({ open: false });
    expect(recorder.nowIn('b')).toBeNull();
    await started;
    await recorder.start('b');
    expect(core.start).toHaveBeenCalledTimes(1);
    for (let i = 1; i <= 100; i++) recorder.apply(progress(i * 50));
    expect(recorder.nowIn('a')).toMatchObject({ open: true, elapsedMs: 5000 });
    expect(recorder.now?.levels).toHaveLength(64);
    expect(await recorder.keep()).toEqual({ clip, ended: null });
    expect([recorder.now, recorder.keptIn('a')]).toEqual([null, { clip, ended: null }]);
    recorder.sent('a');
    expect(recorder.kept.size).toBe(0);
  });

  test('a call ends it, and what was said waits in its chat', async () => {
    const { recorder, said } = setUp();
    await recorder.start('a');
    recorder.apply(progress(900, 'callStarted'));
    await vi.waitFor(() => expect(recorder.keptIn('a')?.ended).toBe('callStarted'));
    recorder.drop('a');
    expect(said).toEqual(['/v.ogg']);
    expect(recorder.kept.size).toBe(0);
  });

  test('two accounts that write to one person have a clip each', async () => {
    const { recorder, switchTo } = setUp();
    await recorder.start('a');
    switchTo(2);
    expect(recorder.nowIn('a')).toBeNull();
    switchTo(1);
    await recorder.keep();
    switchTo(2);
    expect(recorder.keptIn('a')).toBeNull();
    switchTo(1);
    expect(recorder.keptIn('a')?.clip).toEqual(clip);
  });

  test('refused and cancelled', async () => {
    const { recorder, core, said, failed } = setUp();
    const error = { code: 'busy', message: 'x', detail: null };
    core.start.mockResolvedValueOnce({ status: 'error', error } as never);
    await recorder.start('a');
    expect([recorder.now, failed.length]).toEqual([null, 1]);
    await recorder.start('a');
    await recorder.cancel();
    expect([recorder.now, said]).toEqual([null, ['cancel']]);
  });
});
