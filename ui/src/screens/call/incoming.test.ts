/** Which window shows a ringing call, and the page of the small one. */
import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test } from 'vitest';
import { setLanguage } from '../../i18n/i18n.svelte';
import { Incoming } from '../../stores/incoming.svelte';
import type { FakeCore } from '../../testing/fake';
import { asked, show } from '../../testing/render';
import { callFromLin, LIN, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';
import MainWindow from '../shell/MainWindow.svelte';
import IncomingScreen from './IncomingScreen.svelte';

async function small(core: FakeCore) {
  setLanguage('en');
  const state = new Incoming(core);
  const view = render(IncomingScreen, { props: { incoming: state } });
  await state.start();
  await tick();
  return { state, ...view };
}

describe('the main window', () => {
  test('shows no card while the small window has the call, and takes it over silenced', async () => {
    const core = sampleCore();
    core.placeRing({ window: 'incoming' });
    await show(MainWindow, {}, core);
    const call = core.setCall(callFromLin(core));
    await tick();
    expect(screen.queryByTestId('incoming-call')).toBeNull();
    core.placeRing({ window: 'main', call: call.id, silenced: true });
    await tick();
    expect(screen.getByTestId('silence').getAttribute('aria-pressed')).toBe('true');
    await fireEvent.click(screen.getByTestId('decline'));
    expect(asked(core, 'rejectCall')).toEqual([[1, call.id, null]]);
  });

  test('tells the shell when its person silences, so that no other window begins to ring', async () => {
    const core = sampleCore();
    await show(MainWindow, {}, core);
    core.setCall(callFromLin(core));
    await tick();
    await fireEvent.keyDown(window, { key: 'Escape' });
    expect(asked(core, 'silenceRing')).toEqual([[]]);
  });

  test('keeps a call that waits, wherever others would ring', async () => {
    const core = sampleCore();
    core.placeRing({ window: 'incoming' });
    await show(MainWindow, {}, core);
    core.setCall(core.makeCall({ with: LIN, phase: { kind: 'connected', since: Date.now() } }));
    core.setCall(callFromLin(core, { with: 'zhouyt@example.cn', waiting: true }));
    await tick();
    expect(screen.getByTestId('hold-and-answer')).toBeTruthy();
  });
});

describe('the small window', () => {
  test('shows the call that the shell gives it, by name, and says when it stands', async () => {
    const core = sampleCore();
    // Silent: somebody unknown. The shell does not give it to the window.
    core.data.calls = [callFromLin(core, { with: 'stranger@example.net' }), callFromLin(core)];
    core.ring = { window: 'incoming', call: core.data.calls[1]?.id ?? null, silenced: false };
    await small(core);
    const card = screen.getByTestId('incoming-call');
    expect(card.getAttribute('role')).toBe('alertdialog');
    expect(card.getAttribute('aria-label')).toBe('Incoming video call from Lin Xiao');
    expect(document.activeElement).toBe(screen.getByTestId('answer'));
  });

  test('answers by press and by shortcut, silences by Escape', async () => {
    const core = sampleCore();
    const call = callFromLin(core);
    core.data.calls = [call];
    core.ring = { window: 'incoming', call: call.id, silenced: false };
    await small(core);
    await fireEvent.keyDown(window, { key: 'Escape' });
    await waitFor(() => expect(screen.getByTestId('silence').getAttribute('aria-pressed')).toBe('true'));
    expect(asked(core, 'rejectCall')).toEqual([]);
    await fireEvent.click(screen.getByTestId('answer-audio'), { detail: 1 });
    expect(asked(core, 'acceptCall')).toEqual([[1, call.id, 'audio']]);
    await waitFor(() => expect(screen.queryByTestId('incoming-call')).toBeNull());
  });

  test('declines with words, and goes back from them', async () => {
    const core = sampleCore();
    const call = callFromLin(core);
    core.data.calls = [call];
    core.ring = { window: 'incoming', call: call.id, silenced: false };
    await small(core);
    await fireEvent.click(screen.getByTestId('decline-with-message'));
    expect(document.activeElement).toBe(screen.getAllByTestId('decline-text')[0]);
    await fireEvent.keyDown(screen.getAllByTestId('decline-text')[0] as HTMLElement, { key: 'Escape' });
    await tick();
    expect(asked(core, 'silenceRing')).toEqual([]);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('decline-with-message')));
    await fireEvent.click(screen.getByTestId('decline-with-message'));
    await fireEvent.input(screen.getByTestId('decline-own-text'), { target: { value: ' Later ' } });
    await fireEvent.keyDown(screen.getByTestId('decline-own-text'), { key: 'Enter' });
    expect(asked(core, 'rejectCall')).toEqual([[1, call.id, 'Later']]);
  });

  test('keeps an event that overtakes the answer to its first question', async () => {
    const core = sampleCore();
    const call = callFromLin(core);
    core.ring = { window: 'incoming', call: call.id, silenced: false };
    let release: () => void = () => undefined;
    core.delays.set('calls', new Promise((resolve) => (release = resolve)));
    const state = new Incoming(core);
    const started = state.start();
    await waitFor(() => expect(asked(core, 'calls')).toHaveLength(1));
    core.setCall(call);
    release();
    await started;
    expect(state.call?.id).toBe(call.id);
  });

  test('shows the address when names cannot be had', async () => {
    const core = sampleCore();
    const call = callFromLin(core);
    core.data.calls = [call];
    core.ring = { window: 'incoming', call: call.id, silenced: false };
    let fail: (error: Error) => void = () => undefined;
    core.delays.set('contacts', new Promise((_, reject) => (fail = reject)));
    const state = new Incoming(core);
    const started = state.start();
    await waitFor(() => expect(asked(core, 'contacts')).toHaveLength(1));
    fail(new Error('no bridge'));
    await started;
    expect([state.ready, state.name]).toEqual([true, 'linxiao (linxiao@chat.example.org)']);
  });

  test('a stranger who is called like a contact has the address beside the name', async () => {
    const eve = 'linxiao@evil.example';
    for (const [own, name] of [
      ['', `linxiao (${eve})`],
      ['Lіn Xiао', `Lіn Xiао (${eve})`],
      ['Eve', 'Eve'],
    ] as const) {
      const core = sampleCore();
      if (own !== '') core.data.people.profiles.push({ jid: eve, name: own, avatar: null, updatedAt: null });
      core.data.calls = [callFromLin(core, { with: eve })];
      core.ring = { window: 'incoming', call: core.data.calls[0]?.id ?? null, silenced: false };
      const { unmount } = await small(core);
      expect(screen.getByTestId('incoming-name').textContent).toBe(name);
      expect(screen.getByTestId('incoming-call').getAttribute('aria-label')).toContain(name);
      unmount();
    }
  });

  test('says why an answer did not work', async () => {
    const core = sampleCore();
    const call = callFromLin(core);
    core.data.calls = [call];
    core.ring = { window: 'incoming', call: call.id, silenced: false };
    core.refusals.set('acceptCall', 'notOnline');
    await small(core);
    await fireEvent.keyDown(window, { key: 'A', code: 'KeyA', ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(screen.getByRole('alert').textContent).not.toBe(''));
    expect(screen.getByTestId('answer')).toBeTruthy();
  });
});
