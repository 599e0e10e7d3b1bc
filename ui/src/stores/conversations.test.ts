/** The chat list in pages: what the first one shows, what events do meanwhile, and what is right in the end. */
import { describe, expect, test, vi } from 'vitest';
import type { Contact, Conversation } from '../ipc/types';
import { matchesPerson } from '../lib/pinyin';
import { buildConversation, buildMessage, person, previewOf, wholeList } from '../testing/build';
import { account, emptyData, FakeCore } from '../testing/fake';
import { App } from './app.svelte';
import {
  addConversations,
  emptyConversations,
  folderOf,
  loadConversations,
  unreadIn,
  unreadTotal,
} from './conversations';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const jids = (list: readonly Conversation[]) => list.map(({ jid }) => jid);

/** 700 chats: every 10th archived, every 25th of a stranger, each with one unread message; two pinned. */
function many(): Conversation[] {
  return Array.from({ length: 700 }, (_, index) =>
    buildConversation(`p${index}@x`, 10_000 - index, {
      unread: 1,
      pinned: index === 300 || index === 650,
      archived: index % 10 === 9,
      isRequest: index % 25 === 24,
    }),
  );
}

/** An app whose later pages wait for `release`. */
async function withFirstPage() {
  const data = emptyData();
  data.accounts = [account(1, 'me@x')];
  data.conversations = many();
  const core = new FakeCore(data);
  const app = new App(core);
  let release: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (release = resolve));
  const { conversationPage } = core.commands;
  core.commands.conversationPage = async (id, after, limit) => {
    // The answer is of now, and arrives later.
    const answer = await conversationPage(id, after, limit);
    if (after !== null) await stopped;
    return answer;
  };
  await app.start();
  await settled();
  return { core, app, release };
}

describe('the list in pages', () => {
  test('a page takes its place; what an event has told since is newer', () => {
    const page = (list: Conversation[], next: string | null) => ({
      ...wholeList(list),
      next,
    });
    const [a, b, c] = [buildConversation('a@x', 9), buildConversation('b@x', 5), buildConversation('c@x', 4)];
    let state = loadConversations(emptyConversations, page([a, buildConversation('b@x', 12)], '1'));
    state = addConversations(state, page([b, c], null), new Set(['b@x']));
    expect(jids(state.list)).toEqual(['b@x', 'a@x', 'c@x']);
    expect(state.list[0]?.updatedAt).toBe(12);
    expect(state.next).toBeNull();
    // One that moved down comes twice, and stands once.
    state = addConversations(state, page([buildConversation('a@x', 1)], null), new Set());
    expect(jids(state.list)).toEqual(['b@x', 'c@x', 'a@x']);
  });

  test('the first screen is drawn before the rest is here, and its sums are of all', async () => {
    const { app, release } = await withFirstPage();
    expect(app.conversations.list).toHaveLength(60);
    expect(jids(app.conversations.list.slice(0, 3))).toEqual(['p300@x', 'p650@x', 'p0@x']);
    const all = many();
    const unread = (folder: string) => all.filter((one) => folderOf(one) === folder).length;
    const sums = () => [
      unreadTotal(app.conversations, 0),
      unreadIn(app.conversations, 'archived'),
      unreadIn(app.conversations, 'requests'),
    ];
    const right = [unread('main'), unread('archived'), unread('requests')];
    expect(sums()).toEqual(right);
    release();
    await app.loadAllChats();
    expect(app.conversations.list).toHaveLength(700);
    expect(sums()).toEqual(right);
    expect(app.conversations.list.filter((one) => matchesPerson('p69', '', one.jid))).toHaveLength(11);
  });

  test('the first screen is drawn with the names of those whom it shows, before everybody is here', async () => {
    const data = emptyData();
    data.accounts = [account(1, 'me@x')];
    const hers = { ...buildMessage('m', 'p1@x', 30_000), sender: { ...person('p1@x'), nickname: 'nick' } };
    const posing = { ...buildMessage('n', 'mallory@x', 29_000), sender: { ...person('mallory@x'), nickname: 'Zoe' } };
    data.conversations = [
      ...many(),
      buildConversation('g@x', 30_000, { kind: 'group', name: 'Garden', last: previewOf(hers) }),
      buildConversation('h@x', 29_000, { kind: 'group', name: 'House', last: previewOf(posing) }),
    ];
    const contact = (jid: string, name: string): Contact => ({
      ...{ jid, name, subscription: 'both', requested: false, groups: [], presence: 'online', status: '' },
    });
    // The one whose name is taken in vain is far down the list.
    data.contacts = [contact('p0@x', 'Ann'), contact('p1@x', ''), contact('p600@x', 'Zoe')];
    data.people.profiles = [{ jid: 'p1@x', name: 'Pia', avatar: 'abc', updatedAt: null }];
    const core = new FakeCore(data);
    let release: () => void = () => undefined;
    core.delays.set('contacts', new Promise((resolve) => (release = resolve)));
    const app = new App(core);
    const started = app.start();
    await vi.waitUntil(() => app.conversations.loaded);
    const names = () => ['g@x', 'p0@x', 'p1@x', 'p600@x'].map((jid) => app.nameOf(jid));
    expect(names()).toEqual(['Garden', 'Ann', 'Pia', 'p600 (p600@x)']);
    expect(app.people.profiles.get('p1@x')?.avatar).toBe('abc');
    const writers = () => [hers, posing].map(({ sender }) => app.nameOfSender(sender));
    const proven = writers();
    expect(proven[0]).toBe('Pia');
    expect(proven[1]).toContain('(mallory@x)');
    // What is told meanwhile stays.
    core.emit({ kind: 'contactChanged', contact: contact('p0@x', 'Anna') });
    release();
    await started;
    expect(names()).toEqual(['Garden', 'Anna', 'Pia', 'Zoe']);
    expect(writers()).toEqual(proven);
    expect(app.contacts.contacts.get('p1@x')?.presence).toBe('online');
  });

  test('what happens to a chat that is not here yet is not undone by its page', async () => {
    const { core, app, release } = await withFirstPage();
    core.putConversation(buildConversation('p200@x', 20_000, { unread: 5 }));
    core.emit({ kind: 'conversationRemoved', jid: 'p201@x' });
    await app.openConversation('new@x');
    expect(jids(app.conversations.list)[2]).toBe('new@x');
    expect(jids(app.conversations.list)[3]).toBe('p200@x');
    release();
    await app.loadAllChats();
    expect(jids(app.conversations.list)[3]).toBe('p200@x');
    expect(app.conversations.list.filter(({ jid }) => jid === 'p200@x')).toMatchObject([{ unread: 5 }]);
    expect(jids(app.conversations.list)).not.toContain('p201@x');
    expect(app.conversations.list).toHaveLength(700);
  });

  test('reading everything again takes nothing off the screen', async () => {
    const { core, app, release } = await withFirstPage();
    release();
    await app.loadAllChats();
    core.emit({ kind: 'resync' });
    for (let turn = 0; turn < 20; turn++) {
      await settled();
      expect(app.conversations.list).toHaveLength(700);
    }
    expect(app.conversations.next).toBeNull();
  });
});
