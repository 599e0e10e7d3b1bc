import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { asked, show } from '../../testing/render';
import { LIN, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';
import MainWindow from '../shell/MainWindow.svelte';
import ExportDialog from './ExportDialog.svelte';
import Notifications from './Notifications.svelte';
import Storage from './Storage.svelte';
import { backupName } from './words';

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });

describe('what is kept', () => {
  test('deleting older messages is confirmed; more time and no end need no word', async () => {
    const { app } = await show(Storage);
    const days = () => screen.getByTestId<HTMLSelectElement>('keep-days');
    await fireEvent.change(days(), { target: { value: '90' } });
    expect(app.settings.keepDays).toBeNull();
    await waitFor(() => screen.getByTestId('confirm-dialog'));
    await fireEvent.click(screen.getByTestId('confirm'));
    await waitFor(() => expect(app.settings.keepDays).toBe(90));
    await fireEvent.change(days(), { target: { value: '365' } });
    await waitFor(() => expect(app.settings.keepDays).toBe(365));
    await fireEvent.change(days(), { target: { value: '' } });
    await waitFor(() => expect(app.settings.keepDays).toBeNull());
    await fireEvent.change(screen.getByTestId('keep-files'), { target: { value: '1024' } });
    await waitFor(() => expect(app.settings.keepFiles).toBe(1024));
  });

  test('whoever thinks better of it keeps everything, and the list says so', async () => {
    const { app } = await show(Storage);
    await fireEvent.change(screen.getByTestId('keep-days'), { target: { value: '30' } });
    await waitFor(() => screen.getByTestId('confirm-dialog'));
    await fireEvent.click(screen.getByText('Cancel'));
    await waitFor(() => expect(screen.queryByTestId('confirm-dialog')).toBeNull());
    expect(app.settings.keepDays).toBeNull();
    expect(screen.getByTestId<HTMLSelectElement>('keep-days').value).toBe('');
  });

  test('a backup wants a passphrase of some length, twice', async () => {
    const { core } = await show(Storage);
    await fireEvent.click(screen.getByTestId('back-up'));
    await type('backup-passphrase', 'short');
    await type('backup-repeat', 'short');
    await fireEvent.click(screen.getByTestId('backup-submit'));
    expect(screen.getByTestId('backup-error').textContent).toContain('8');
    await type('backup-passphrase', 'long enough');
    await fireEvent.click(screen.getByTestId('backup-submit'));
    expect(screen.getByTestId('backup-error').textContent).toContain('not the same');
    await type('backup-repeat', 'long enough');
    await fireEvent.click(screen.getByTestId('backup-submit'));
    await waitFor(() => expect(screen.queryByTestId('backup-dialog')).toBeNull());
    expect(asked(core, 'backUp').map((args) => args[1])).toEqual(['long enough']);
    expect(backupName(new Date(2026, 0, 5))).toBe('Confab 2026-01-05.confab-backup');
  });

  test('a backup that cannot be opened is told in words and nothing happens', async () => {
    const { core } = await show(Storage);
    await fireEvent.click(screen.getByTestId('restore'));
    await fireEvent.click(screen.getByTestId('restore-choose'));
    await waitFor(() => screen.getByText('Confab 2026-11-01.confab-backup'));
    await type('restore-passphrase', 'wrong');
    await fireEvent.click(screen.getByTestId('restore-submit'));
    await waitFor(() =>
      expect(screen.getByTestId('restore-error').textContent).toContain('The passphrase is wrong, or the file is'),
    );
    await type('restore-passphrase', 'right');
    await fireEvent.click(screen.getByTestId('restore-submit'));
    await waitFor(() => expect(asked(core, 'restoreBackup').length).toBe(2));
  });

  test('a chat is exported in the form that was chosen', async () => {
    const { core, app } = await show(ExportDialog, { jid: LIN });
    await fireEvent.click(screen.getByTestId('export-json'));
    await fireEvent.click(screen.getByTestId('export-start'));
    await waitFor(() => expect(asked(core, 'exportConversation')).toEqual([[1, LIN, 'json', 'en']]));
    expect(app.view.exporting).toBeNull();
  });
});

describe('the menu of a chat', () => {
  test('leads to its export', async () => {
    const { app } = await show(MainWindow);
    const row = document.querySelector(`[data-testid=chat-row][data-jid="${LIN}"]`);
    if (row === null) throw new Error('a row');
    await fireEvent.contextMenu(row);
    await fireEvent.click(await waitFor(() => screen.getByTestId('export-chat')));
    await waitFor(() => screen.getByTestId('export-dialog'));
    expect(app.view.exporting).toBe(LIN);
  });
});

describe('a push service', () => {
  test('is kept with its secret, and taken away', async () => {
    const core = sampleCore();
    const { app } = await show(Notifications, {}, core);
    await type('push-service', 'push.example.org ');
    await type('push-node', 'n1');
    await type('push-secret', 's');
    await fireEvent.click(screen.getByTestId('push-save'));
    await waitFor(() =>
      expect(app.settings.push).toEqual({ service: 'push.example.org', node: 'n1', options: [['secret', 's']] }),
    );
    await fireEvent.click(screen.getByTestId('push-remove'));
    await waitFor(() => expect(app.settings.push).toBeNull());
  });
});
