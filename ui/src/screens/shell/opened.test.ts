/** A notification that was pressed, a link that another program opened. */
import { render } from '@testing-library/svelte';
import { expect, test } from 'vitest';
import Window from '../../App.svelte';
import { setLanguage } from '../../i18n/i18n.svelte';
import type { Account } from '../../ipc/types';
import { App } from '../../stores/app.svelte';
import { LIN, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';

async function start(core = sampleCore()) {
  setLanguage('en');
  const app = new App(core);
  await app.start();
  const { unmount } = render(Window, { props: { app } });
  return { app, core, unmount };
}

/** With a second account that is signed in as well. */
function twoAccounts() {
  const core = sampleCore();
  const [first] = core.data.accounts as [Account];
  core.data.accounts.push({ ...first, id: 2, jid: 'other@example.org' });
  return core;
}

test('leads to the chat, to who asks for something, to the calls', async () => {
  const { app, core, unmount } = await start();
  app.view.go('settings');
  app.view.call = 'full';
  core.pressNotice({ account: 1, place: { kind: 'conversation', jid: LIN } });
  await waitFor(() =>
    expect([app.view.section, app.view.conversation, app.view.call]).toEqual(['chats', LIN, 'small']),
  );
  // The list, also where a profile would be in front of it.
  app.view.contact = LIN;
  core.pressNotice({ account: 1, place: { kind: 'contacts' } });
  await waitFor(() => expect([app.view.section, app.view.inContent]).toEqual(['contacts', false]));
  core.pressNotice({ account: 1, place: { kind: 'calls' } });
  await waitFor(() => expect(app.view.section).toBe('calls'));
  // Of an account that was removed meanwhile.
  core.pressNotice({ account: 7, place: { kind: 'contacts' } });
  await app.reload();
  expect([app.account?.id, app.view.section]).toEqual([1, 'calls']);
  unmount();
  await Promise.resolve();
  core.pressNotice({ account: 1, place: { kind: 'contacts' } });
  await app.reload();
  expect(app.view.section).toBe('calls');
});

test('nothing lies over what it leads to', async () => {
  const { app, core } = await start();
  app.view.signIn = { jid: '' };
  app.view.newGroup = true;
  core.pressNotice({ account: 1, place: { kind: 'conversation', jid: LIN } });
  await waitFor(() => expect(app.view.conversation).toBe(LIN));
  expect([app.view.signIn, app.view.newGroup]).toEqual([null, false]);
});

test('shows the account that it is for', async () => {
  const { app, core } = await start(twoAccounts());
  expect(app.account?.id).toBe(1);
  core.pressNotice({ account: 2, place: { kind: 'conversation', jid: LIN } });
  await waitFor(() => expect([app.account?.id, app.view.conversation]).toEqual([2, LIN]));
});

test('opens nothing in another account, whatever is on its way', async () => {
  const { app, core } = await start(twoAccounts());
  let go: () => void = () => undefined;
  core.delays.set('startup', new Promise((resolve) => (go = resolve)));
  // Everything is being read again for the first account, and two are pressed for the second.
  app.resync();
  core.pressNotice({ account: 2, place: { kind: 'calls' } });
  core.pressNotice({ account: 2, place: { kind: 'conversation', jid: LIN } });
  await Promise.resolve();
  core.delays.clear();
  go();
  await waitFor(() => expect([app.account?.id, app.view.conversation]).toEqual([2, LIN]));
  const opened = core.asked.filter((call) => call.command === 'openConversation').map((call) => call.args);
  expect(opened.every(([account]) => account === 2)).toBe(true);
});

test('of an account that was signed out it opens nothing', async () => {
  const core = twoAccounts();
  const second = core.data.accounts[1] as Account;
  core.data.accounts[1] = { ...second, connection: { kind: 'offline' } };
  const { app } = await start(core);
  core.pressNotice({ account: 2, place: { kind: 'conversation', jid: LIN } });
  await app.reload();
  expect([app.account?.id, app.view.conversation]).toEqual([1, null]);
});

test('a link of another program leads to its group or person', async () => {
  const core = sampleCore();
  const join = 'xmpp:climbers@conference.example.org?join';
  core.openLink(join);
  const { app, unmount } = await start(core);
  await waitFor(() => expect(app.view.joinGroup).toBe(join));
  app.view.go('settings');
  core.openLink(`xmpp:${LIN}`);
  await waitFor(() =>
    expect([app.view.section, app.view.conversation, app.view.joinGroup]).toEqual(['chats', LIN, null]),
  );
  core.openLink('xmpp:nonsense');
  expect(app.view.conversation).toBe(LIN);
  unmount();
});

test('a link waits for who signs in', async () => {
  const core = sampleCore();
  const accounts = core.data.accounts;
  core.data.accounts = [];
  core.openLink(`xmpp:${LIN}`);
  const { app } = await start(core);
  expect(app.view.conversation).toBeNull();
  core.data.accounts = accounts;
  await app.reload();
  await waitFor(() => expect(app.view.conversation).toBe(LIN));
});
