/** What the buttons and shortcuts of a call do. Every one waits for the core's answer: nothing is assumed. */
import type { CallMedia, CallSnapshot } from '../../ipc/types';
import type { App } from '../../stores/app.svelte';
import { activeCall, ringingCall } from '../../stores/calls';

/** Who can answer: the main window and the small one. */
type Callee = Pick<App, 'commands' | 'run'>;

export function answer(app: Callee, call: CallSnapshot, media: CallMedia): void {
  void app.run(app.commands.acceptCall(call.account, call.id, media));
}

export function decline(app: Callee, call: CallSnapshot, text: string | null = null): void {
  void app.run(app.commands.rejectCall(call.account, call.id, text));
}

export function hangUp(app: App, call: CallSnapshot): void {
  void app.run(app.commands.hangUp(call.account, call.id));
}

export function toggleMuted(app: App, call: CallSnapshot): void {
  void app.run(app.commands.setMuted(call.account, call.id, !call.local.muted));
}

/** In a call without pictures the camera brings them. */
export function toggleCamera(app: App, call: CallSnapshot): void {
  if (call.media === 'audio') void app.run(app.commands.addVideo(call.account, call.id));
  else void app.run(app.commands.setCamera(call.account, call.id, !call.local.camera));
}

export function toggleHeld(app: App, call: CallSnapshot): void {
  void app.run(app.commands.setHeld(call.account, call.id, !call.local.held));
}

/** Puts the current call on hold, or ends it, and then takes the one that waits. */
export async function answerWaiting(app: App, current: CallSnapshot, next: CallSnapshot, hold: boolean): Promise<void> {
  const settled = hold
    ? await app.run(app.commands.setHeld(current.account, current.id, true))
    : await app.run(app.commands.hangUp(current.account, current.id));
  // `undefined`: it failed, and was told; then the first call goes on.
  if (settled !== undefined) answer(app, next, next.media);
}

/** Returns whether the shortcut meant anything just now. */
export function callShortcut(app: App, shortcut: 'answer' | 'decline' | 'mute' | 'camera'): boolean {
  const ringing = ringingCall(app.calls);
  const active = activeCall(app.calls);
  switch (shortcut) {
    case 'answer':
      if (ringing === null) return false;
      if (active !== null) void answerWaiting(app, active, ringing, true);
      else answer(app, ringing, ringing.media);
      return true;
    case 'decline':
      if (ringing !== null) decline(app, ringing);
      else if (active !== null) hangUp(app, active);
      else return false;
      return true;
    case 'mute':
      if (active === null) return false;
      toggleMuted(app, active);
      return true;
    case 'camera':
      if (active === null) return false;
      toggleCamera(app, active);
      return true;
  }
}

/** When the call was connected, which is where its clock starts. */
export function connectedSince(call: CallSnapshot): number | null {
  switch (call.phase.kind) {
    case 'connected':
      return call.phase.since;
    case 'reconnecting':
      return call.timings.connectedMs === null ? call.phase.since : call.startedAt + call.timings.connectedMs;
    case 'calling':
    case 'connecting':
    case 'ended':
      return null;
  }
}
