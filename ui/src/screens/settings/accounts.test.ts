import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { asked, show } from '../../testing/render';
import { unreadTotal } from '../../stores/conversations';
import { ME, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';
import AccountMenu from '../shell/AccountMenu.svelte';
import AccountSettings from './AccountSettings.svelte';

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });

describe('accounts', () => {
  test('another account is shown on request, and one can be added', async () => {
    const core = sampleCore();
    const first = core.data.accounts[0];
    if (first === undefined) throw new Error('an account');
    core.data.accounts = [first, { ...first, id: 2, jid: 'su@work.example.org' }];
    const { app } = await show(AccountSettings, {}, core);
    expect(app.account?.id).toBe(1);
    await fireEvent.click(screen.getByTestId('show-account'));
    await waitFor(() => expect(screen.getByTestId('own-jid').textContent).toBe('su@work.example.org'));
    await fireEvent.click(screen.getByTestId('add-account'));
    expect(app.view.signIn).toEqual({ jid: '' });
  });

  test('the menu tells what waits in the others', async () => {
    const core = sampleCore();
    const first = core.data.accounts[0];
    if (first === undefined) throw new Error('an account');
    core.data.accounts = [first, { ...first, id: 2, jid: 'su@work.example.org' }];
    const { app } = await show(AccountMenu, {}, core);
    await fireEvent.click(screen.getByTestId('account-menu'));
    const unread = unreadTotal(app.conversations, Date.now());
    expect(unread).toBeGreaterThan(0);
    await waitFor(() => expect(screen.getByTestId('waiting').textContent).toBe(String(unread)));
    expect(asked(core, 'conversationPage').at(-1)).toEqual([2, null, 1]);
  });

  test('a password is typed twice', async () => {
    const { core } = await show(AccountSettings);
    await fireEvent.click(screen.getByTestId('change-password'));
    await type('new-password', 'one');
    await type('repeat-password', 'other');
    await fireEvent.click(screen.getByTestId('password-submit'));
    expect(screen.getByTestId('password-error').textContent).toContain('not the same');
    expect(asked(core, 'changePassword')).toEqual([]);
    await type('repeat-password', 'one');
    await fireEvent.click(screen.getByTestId('password-submit'));
    await waitFor(() => expect(screen.queryByTestId('password-dialog')).toBeNull());
    expect(asked(core, 'changePassword')).toEqual([[1, 'one']]);
  });

  test('signing out of all devices is confirmed', async () => {
    const { core } = await show(AccountSettings);
    await fireEvent.click(screen.getByTestId('sign-out-all'));
    expect(asked(core, 'signOutEverywhere')).toEqual([]);
    await fireEvent.click(screen.getByTestId('confirm'));
    expect(asked(core, 'signOutEverywhere')).toEqual([[1]]);
  });

  test('an account is deleted for good only after its address was typed', async () => {
    const { core } = await show(AccountSettings);
    await fireEvent.click(screen.getByTestId('delete-account'));
    const confirm = () => screen.getByTestId<HTMLButtonElement>('delete-account-confirm');
    expect(confirm().disabled).toBe(true);
    await type('delete-account-typed', ME.slice(1));
    expect(confirm().disabled).toBe(true);
    await type('delete-account-typed', ` ${ME} `);
    await fireEvent.click(confirm());
    await waitFor(() => expect(asked(core, 'deleteAccount')).toEqual([[1]]));
  });

  test('a refusal of the server is told in the dialog', async () => {
    const core = sampleCore();
    core.messenger.deleteAccount = () =>
      Promise.resolve({ status: 'error', error: { code: 'serverRefused', message: 'no', detail: null } });
    await show(AccountSettings, {}, core);
    await fireEvent.click(screen.getByTestId('delete-account'));
    await type('delete-account-typed', ME);
    await fireEvent.click(screen.getByTestId('delete-account-confirm'));
    await waitFor(() =>
      expect(screen.getByTestId('delete-account-error').textContent).toContain('The server refused.'),
    );
  });
});
