/** Microphones, speakers and cameras. Pure. */
import type { Device, DeviceKind, Devices, Event } from '../ipc/types';

export const noDevices: Devices = { devices: [], selection: { microphone: null, speaker: null, camera: null } };

export function applyDevices(state: Devices, event: Event): Devices {
  return event.kind === 'devicesChanged' ? event.devices : state;
}

export function devicesOf(state: Devices, kind: DeviceKind): readonly Device[] {
  return state.devices.filter((device) => device.kind === kind);
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
