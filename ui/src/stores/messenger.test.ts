/** Windows of a history, transfers, people, groups, folders, the clip that plays. */
import { describe, expect, test, vi } from 'vitest';
import type { Event, Group, GroupRequest } from '../ipc/types';
import { buildConversation, buildMessage } from '../testing/build';
import { applyConversations, emptyConversations, isMuted, loadConversations, unreadTotal } from './conversations';
import { applyGroups, emptyGroups, loadGroups } from './groups';
import { addPage, addWindow, applyMessages, emptyMessages } from './messages';
import { applyPeople, emptyPeople, isDisturbable } from './people';
import { Pictures } from './pictures.svelte';
import { Player } from './player.svelte';
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
    const state = loadConversations(emptyConversations, list);
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

test('one clip plays at a time, and ends by itself', () => {
  vi.useFakeTimers({ now: 0 });
  const said: unknown[] = [];
  const player = new Player((...what) => said.push(what));
  player.play('a', 1000, 0);
  vi.advanceTimersByTime(400);
  expect(player.positionOf('a', Date.now())).toBe(400);
  player.play('b', 500, 100);
  expect(player.positionOf('a', Date.now())).toBe(0);
  vi.advanceTimersByTime(200);
  expect(player.stop()).toBe(300);
  player.play('b', 500, 300);
  vi.advanceTimersByTime(200);
  expect(player.clip).toBeNull();
  expect(player.stop()).toBe(0);
  expect(said).toEqual([
    ['a', 0],
    ['b', 100],
    [null, 0],
    ['b', 300],
  ]);
  vi.useRealTimers();
});
