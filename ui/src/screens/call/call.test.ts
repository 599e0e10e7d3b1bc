import { fireEvent, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, test } from 'vitest';
import { isMissed } from '../../stores/calls';
import { waitFor } from '../../testing/wait';
import { asked, show } from '../../testing/render';
import { callFromLin, LIN, sampleCore } from '../../testing/sample';
import MainWindow from '../shell/MainWindow.svelte';
import { callShortcut } from './actions';
import { recordOutcome, recordTitle } from './words';

describe('an incoming call', () => {
  test('rings as an alert with Answer in focus; a key typed by chance does nothing', async () => {
    const core = sampleCore();
    await show(MainWindow, {}, core);
    core.setCall(callFromLin(core));
    await tick();
    expect(screen.getByTestId('incoming-call').getAttribute('role')).toBe('alertdialog');
    expect(screen.getByTestId('incoming-call').getAttribute('aria-label')).toBe('Incoming video call from Lin Xiao');
    expect(document.activeElement).toBe(screen.getByTestId('answer'));
    await fireEvent.keyDown(window, { key: 'Escape' });
    expect(asked(core, 'rejectCall')).toEqual([]);
    expect(screen.getByTestId('silence').getAttribute('aria-pressed')).toBe('true');
  });

  test('is answered with or without camera, or declined with words', async () => {
    const core = sampleCore();
    await show(MainWindow, {}, core);
    const call = core.setCall(callFromLin(core));
    await tick();
    await fireEvent.click(screen.getByTestId('answer-audio'), { detail: 1 });
    expect(asked(core, 'acceptCall')).toEqual([[1, call.id, 'audio']]);
    await tick();
    expect(screen.queryByTestId('incoming-call')).toBeNull();
    expect(screen.getByTestId('call').dataset['phase']).toBe('connecting');

    const other = sampleCore();
    await show(MainWindow, {}, other);
    const second = other.setCall(callFromLin(other));
    await tick();
    await fireEvent.click(screen.getAllByTestId('decline-with-message')[0] as HTMLElement);
    await fireEvent.click(screen.getAllByTestId('decline-text')[1] as HTMLElement);
    expect(asked(other, 'rejectCall')).toEqual([[1, second.id, 'In a meeting, please write']]);
  });

  test('while another one goes on it waits quietly and can be taken with the first on hold', async () => {
    const core = sampleCore();
    await show(MainWindow, {}, core);
    const first = core.setCall(core.makeCall({ with: LIN, phase: { kind: 'connected', since: Date.now() } }));
    const second = core.setCall(callFromLin(core, { with: 'zhouyt@example.cn', media: 'audio', waiting: true }));
    await tick();
    await fireEvent.click(screen.getByTestId('hold-and-answer'));
    await waitFor(() => expect(asked(core, 'acceptCall')).toEqual([[1, second.id, 'audio']]));
    expect(asked(core, 'setHeld')).toEqual([[1, first.id, true]]);
  });
});

describe('an outgoing call', () => {
  test('goes through sent, ringing and answered, and ends with a reason', async () => {
    const core = sampleCore();
    await show(MainWindow, {}, core);
    const call = core.setCall(core.makeCall({ with: LIN }));
    const stage = () => screen.getByTestId('call-stage').dataset['stage'];
    await tick();
    expect(stage()).toBe('0');
    core.setPhase(call.id, { kind: 'calling' }, { state: 'notYetReceived' });
    await tick();
    expect(screen.getByTestId('call-stage').textContent).toContain('May be offline');
    core.setPhase(call.id, { kind: 'calling' }, { state: 'received' });
    await tick();
    expect(stage()).toBe('1');
    core.setPhase(call.id, { kind: 'connecting' }, { state: 'accepted' });
    await tick();
    expect(stage()).toBe('2');
    core.setPhase(call.id, { kind: 'connected', since: Date.now() - 61_000 });
    await tick();
    expect(screen.getByTestId('call-duration').textContent?.trim()).toBe('1:01');
    core.setPhase(call.id, { kind: 'reconnecting', since: Date.now() });
    await tick();
    expect(screen.getByTestId('reconnecting').textContent).toContain('Reconnecting');
    core.setPhase(call.id, { kind: 'ended', reason: { kind: 'busy', text: 'Later' } });
    await tick();
    expect(screen.getByTestId('end-reason').textContent).toBe('Lin Xiao is busy');
    expect(screen.getByTestId('end-screen').textContent).toContain('Later');
    await fireEvent.click(screen.getByTestId('redial'));
    expect(asked(core, 'placeCall')).toEqual([[1, LIN, 'audio', null, null]]);
  });

  test('mute, camera and hang-up work by button and by shortcut', async () => {
    const core = sampleCore();
    const { app } = await show(MainWindow, {}, core);
    const call = core.setCall(core.makeCall({ with: LIN, phase: { kind: 'connected', since: Date.now() } }));
    await tick();
    await fireEvent.click(screen.getByTestId('mute'));
    await tick();
    expect(screen.getByTestId('mute').getAttribute('aria-label')).toBe('Unmute');
    expect(callShortcut(app, 'mute')).toBe(true);
    expect(asked(core, 'setMuted')).toEqual([
      [1, call.id, true],
      [1, call.id, false],
    ]);
    expect(callShortcut(app, 'answer')).toBe(false);
    expect(callShortcut(app, 'decline')).toBe(true);
    expect(asked(core, 'hangUp')).toEqual([[1, call.id]]);
  });

  test('the camera brings pictures into an audio call', async () => {
    const core = sampleCore();
    const { app } = await show(MainWindow, {}, core);
    const call = core.setCall(core.makeCall({ with: LIN, media: 'audio', phase: { kind: 'connecting' } }));
    await tick();
    expect(screen.queryByTestId('camera')).toBeNull();
    core.setPhase(call.id, { kind: 'connected', since: Date.now() });
    await tick();
    expect(screen.getByTestId('camera').getAttribute('aria-pressed')).toBe('false');
    await fireEvent.click(screen.getByTestId('camera'));
    await tick();
    expect(asked(core, 'addVideo')).toEqual([[1, call.id]]);
    expect(screen.getByTestId('camera').getAttribute('aria-pressed')).toBe('true');
    expect(callShortcut(app, 'camera')).toBe(true);
    expect(asked(core, 'setCamera')).toEqual([[1, call.id, false]]);
  });

  test('becomes the small picture beside a chat', async () => {
    const core = sampleCore();
    const { app } = await show(MainWindow, {}, core);
    core.setCall(core.makeCall({ with: LIN, phase: { kind: 'connected', since: Date.now() } }));
    await tick();
    expect(screen.getByTestId('main-window').dataset['pane']).toBe('content');
    await fireEvent.click(screen.getByTestId('call-chat'));
    expect(app.view.call).toBe('small');
    expect(app.view.conversation).toBe(LIN);
    await fireEvent.click(screen.getByTestId('call-expand'));
    expect(app.view.call).toBe('full');
  });
});

test('records in words', async () => {
  const core = sampleCore();
  await show(MainWindow, {}, core);
  const said = core.data.records.map((record) =>
    `${isMissed(record) ? '! ' : ''}${recordTitle(record)}: ${recordOutcome(record)}`.replace(/\u00a0/gu, ' '),
  );
  expect(said).toEqual([
    'Video call: 4 min 12 s',
    '! Missed video call: rang for 1 min',
    '! Missed audio call: rang for 40 s',
    'Audio call: Answered on another device',
    'Audio call: No answer',
    'Video call: Busy',
    'Video call: 31 min',
  ]);
});
