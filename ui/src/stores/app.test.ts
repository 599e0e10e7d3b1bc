/** The event stream: order, gaps, reloads, accounts. */
import { describe, expect, test } from 'vitest';
import { account, emptyData, FakeCore } from '../testing/fake';
import { App } from './app.svelte';

const BOB = 'bob@example.org';

async function started() {
  const data = emptyData();
  data.accounts = [account(1, 'me@example.org')];
  const core = new FakeCore(data);
  const app = new App(core);
  await app.start();
  return { core, app };
}
const asked = (core: FakeCore, command: string) => core.asked.filter((call) => call.command === command).length;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('App', () => {
  test('reads everything once at the start', async () => {
    const { core, app } = await started();
    expect(app.account?.jid).toBe('me@example.org');
    expect(core.asked.map((call) => call.command)).toEqual([
      'ringPlace',
      'startup',
      'devices',
      'calls',
      'conversationPage',
      'contacts',
      'contactRequests',
      'callRecords',
      'profiles',
      'blocked',
      'availability',
      'groups',
      'groupRequests',
    ]);
  });

  test('events in order change the stores and ask for nothing', async () => {
    const { core, app } = await started();
    await app.openConversation(BOB);
    core.addMessage(BOB, 'incoming', 'hello');
    expect(app.messages.get(BOB)?.messages.map((m) => m.content)).toEqual([{ kind: 'text', text: 'hello' }]);
    expect(app.conversations.list[0]?.unread).toBe(1);
    expect(asked(core, 'startup')).toBe(1);
  });

  test('a gap in the numbers, and the event that says so, both lead to one reload', async () => {
    const { core, app } = await started();
    core.emit({ kind: 'contactRequestSettled', from: BOB });
    core.seq += 3;
    core.emit({ kind: 'contactRequestSettled', from: BOB });
    await settled();
    expect(asked(core, 'startup')).toBe(2);
    core.emit({ kind: 'resync' });
    await settled();
    expect(asked(core, 'startup')).toBe(3);
    expect(app.broken).toBeNull();
  });

  test('the number after 2^32 - 1 is 0, and a core that starts again at 1 is read again', async () => {
    const { core, app } = await started();
    const settle = { kind: 'contactRequestSettled', from: BOB } as const;
    app.handle({ account: 1, seq: 0xffffffff, event: settle });
    app.handle({ account: 1, seq: 0, event: settle });
    await settled();
    expect(asked(core, 'startup')).toBe(1);
    app.handle({ account: 1, seq: 1, event: settle });
    await settled();
    expect(asked(core, 'startup')).toBe(2);
  });

  test('an event that overtakes the answer of a reload is not lost', async () => {
    const { core, app } = await started();
    let release: () => void = () => undefined;
    core.delays.set('conversationPage', new Promise((resolve) => (release = resolve)));
    const reload = app.reload();
    await settled();
    core.addMessage(BOB, 'incoming', 'meanwhile');
    release();
    await reload;
    expect(app.conversations.list.map((c) => c.jid)).toEqual([BOB]);
  });

  test('another account shows nothing of the last one', async () => {
    const { core, app } = await started();
    core.data.contacts = [
      { jid: BOB, name: 'Bob', subscription: 'both', requested: false, groups: [], presence: 'online', status: '' },
    ];
    app.view.conversation = BOB;
    core.data.accounts = [...core.data.accounts, account(2, 'two@example.org')];
    core.emit({ kind: 'accountChanged', account: account(2, 'two@example.org') }, 2);
    app.switchTo(2);
    await settled();
    expect(app.account?.id).toBe(2);
    expect(app.view.conversation).toBeNull();
    expect(core.asked.at(-1)?.args[0]).toBe(2);
  });

  test('what cannot be read is told, but not of an account that is gone by then', async () => {
    const { core, app } = await started();
    for (const [code, told] of [
      ['unknownAccount', 0],
      ['diskFull', 1],
    ] as const) {
      core.commands.contacts = () => Promise.resolve({ status: 'error', error: { code, message: '', detail: null } });
      await app.reload();
      expect(app.notices.list.length).toBe(told);
    }
  });

  test('settings go back when the core refuses them', async () => {
    const { core, app } = await started();
    core.refusals.set('settingsSave', 'diskFull');
    await expect(app.saveSettings({ theme: 'dark' })).rejects.toMatchObject({ code: 'diskFull' });
    expect(app.settings.theme).toBe('light');
    await app.saveSettings({ theme: 'dark' });
    expect(app.settings.theme).toBe('dark');
  });

  test('older pages are loaded one at a time and only while there are any', async () => {
    const { core, app } = await started();
    for (let i = 0; i < 150; i++) core.addMessage(BOB, 'incoming', `m${i}`, i);
    await app.openConversation(BOB);
    expect(app.messages.get(BOB)?.messages).toHaveLength(60);
    await Promise.all([app.loadOlder(BOB), app.loadOlder(BOB)]);
    expect(app.messages.get(BOB)?.messages).toHaveLength(120);
    await app.loadOlder(BOB);
    await app.loadOlder(BOB);
    expect(app.messages.get(BOB)?.messages).toHaveLength(150);
    expect(asked(core, 'messages')).toBe(3);
  });
});
