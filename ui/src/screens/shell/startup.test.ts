import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test, vi } from 'vitest';
import { asked, show } from '../../testing/render';
import StartupFailed from './StartupFailed.svelte';
import { startupWords } from './startup-words';

const settled = async () => {
  await new Promise((resolve) => setTimeout(resolve, 0));
  await tick();
};
const error = (code: string) => ({ code, message: 'the history file cannot be used', detail: null });

describe('StartupFailed', () => {
  test('each reason has its own words, and what the system said stands below', () => {
    const codes = ['diskFull', 'storeReadOnly', 'storeDamaged', 'storeTooNew', 'storeBusy', 'storeInaccessible'];
    const titles = [...codes, 'diskFailed', 'internal'].map((code) => startupWords(error(code)).title);
    expect(new Set(titles).size).toBe(titles.length);
    expect(startupWords({ code: 'diskFailed', message: 'a', detail: 'b' }).detail).toBe('a: b');
  });

  test('a full disk can only be tried again', async () => {
    const onagain = vi.fn();
    await show(StartupFailed, { error: error('diskFull'), onagain });
    expect(screen.getByText('The disk is full')).toBeTruthy();
    expect(screen.queryByTestId('startup-aside')).toBeNull();
    await fireEvent.click(screen.getByTestId('startup-again'));
    expect(onagain).toHaveBeenCalledOnce();
  });

  test('a damaged history is set aside, and one is told where it is before anything goes on', async () => {
    const onagain = vi.fn();
    const { core } = await show(StartupFailed, { error: error('storeDamaged'), onagain });
    await fireEvent.click(screen.getByTestId('startup-aside'));
    await settled();
    expect(asked(core, 'setHistoryAside')).toHaveLength(1);
    expect(screen.getByTestId('aside-path').textContent).toContain('.aside');
    expect(onagain).not.toHaveBeenCalled();
    await fireEvent.click(screen.getByTestId('startup-continue'));
    expect(onagain).toHaveBeenCalledOnce();
  });

  test('what cannot be set aside is told, and stays', async () => {
    const onagain = vi.fn();
    const { core } = await show(StartupFailed, { error: error('storeDamaged'), onagain });
    core.refusals.set('setHistoryAside', 'storeReadOnly');
    await fireEvent.click(screen.getByTestId('startup-aside'));
    await settled();
    expect(screen.queryByTestId('aside-path')).toBeNull();
    expect(screen.getByText(startupWords(error('storeReadOnly')).text)).toBeTruthy();
    expect(onagain).not.toHaveBeenCalled();
  });
});
