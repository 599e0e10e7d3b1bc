import { t } from '../../i18n/i18n.svelte';
import type { Device } from '../../ipc/types';

/** A device's name; built-in test sources say what they are in the language of the window. */
export function deviceName(device: Device): string {
  if (!device.isTest) return device.name;
  return device.kind === 'camera'
    ? t('device.testPicture')
    : device.kind === 'microphone'
      ? t('device.testTone')
      : device.name;
}
