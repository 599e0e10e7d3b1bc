/** Microphones, speakers and cameras. Pure. */
import type { Device, DeviceKind, Devices, Event } from '../ipc/types';

export const noDevices: Devices = { devices: [], selection: { microphone: null, speaker: null, camera: null } };

export function applyDevices(state: Devices, event: Event): Devices {
  return event.kind === 'devicesChanged' ? event.devices : state;
}

export function devicesOf(state: Devices, kind: DeviceKind): readonly Device[] {
  return state.devices.filter((device) => device.kind === kind);
}

/**
 * Whether something built in stands in for a microphone or camera: it was chosen, or the machine has none and the app
 * was started so that it may (`standIn`).
 */
export function isTestInput(state: Devices, kind: 'microphone' | 'camera', standIn: boolean): boolean {
  const all = devicesOf(state, kind);
  const chosen = state.selection[kind];
  if (chosen === null) return standIn && all.every((device) => device.isTest);
  return all.find((device) => device.id === chosen)?.isTest ?? chosen.startsWith('test:');
}

/** The chosen device if it is there, else the system's default, else any. */
export function deviceInUse(state: Devices, kind: DeviceKind): Device | null {
  const all = devicesOf(state, kind);
  return (
    all.find((device) => device.id === state.selection[kind]) ??
    all.find((device) => device.isDefault) ??
    all[0] ??
    null
  );
}
