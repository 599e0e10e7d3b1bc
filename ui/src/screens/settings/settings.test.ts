import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { asked, show } from '../../testing/render';
import { ME, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';
import AccountSettings from './AccountSettings.svelte';
import Notifications from './Notifications.svelte';

describe('the own profile', () => {
  test('the name is published when the field is left, once', async () => {
    const { core, app } = await show(AccountSettings);
    const field = screen.getByTestId<HTMLInputElement>('own-name');
    expect(field.value).toBe('Su Ke');
    await fireEvent.input(field, { target: { value: ' Su ' } });
    await fireEvent.blur(field);
    await waitFor(() => expect(app.ownName).toBe('Su'));
    await fireEvent.blur(field);
    expect(asked(core, 'setProfile')).toEqual([[1, 'Su']]);
  });

  test('do not disturb, until when, and the status', async () => {
    const { core, app } = await show(AccountSettings);
    await fireEvent.click(screen.getByTestId('dnd'));
    await waitFor(() => screen.getByTestId('dnd-until'));
    const before = Date.now();
    await fireEvent.change(screen.getByTestId('dnd-until'), { target: { value: '4' } });
    await waitFor(() => expect(app.people.availability.until).toBeGreaterThanOrEqual(before + 4 * 3_600_000));
    await fireEvent.input(screen.getByTestId('own-status'), { target: { value: 'in a meeting' } });
    await fireEvent.blur(screen.getByTestId('own-status'));
    await waitFor(() => expect(app.people.availability.status).toBe('in a meeting'));
    expect(app.people.availability.doNotDisturb).toBe(true);
    await fireEvent.click(screen.getByTestId('dnd'));
    expect(asked(core, 'setAvailability').at(-1)?.[1]).toMatchObject({ doNotDisturb: false, until: null });
  });

  test('a core without profiles shows none of it', async () => {
    const core = sampleCore();
    core.messenger = {};
    await show(AccountSettings, {}, core);
    expect(screen.getByTestId('own-jid').textContent).toBe(ME);
    for (const id of ['own-name', 'dnd', 'own-status', 'change-avatar']) expect(screen.queryByTestId(id)).toBeNull();
  });
});

describe('a closed window', () => {
  test('leaves the app running where an icon brings it back, if the person wants', async () => {
    const { app } = await show(Notifications);
    await fireEvent.click(await screen.findByTestId('keep-running'));
    await waitFor(() => expect(app.settings.keepRunning).toBe(false));
  });

  test('offers nothing where there is no icon', async () => {
    const core = sampleCore();
    core.tray = false;
    await show(Notifications, {}, core);
    await Promise.resolve();
    expect(screen.getByTestId('notifications')).toBeTruthy();
    expect(screen.queryByTestId('keep-running')).toBeNull();
  });
});
