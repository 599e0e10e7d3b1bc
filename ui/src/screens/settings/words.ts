import { t } from '../../i18n/i18n.svelte';
import type { Device } from '../../ipc/types';
import { codeText } from '../shell/notice-text';

/** A device's name; built-in test sources say what they are in the language of the window. */
export function deviceName(device: Device): string {
  if (!device.isTest) return device.name;
  return device.kind === 'camera'
    ? t('device.testPicture')
    : device.kind === 'microphone'
      ? t('device.testTone')
      : device.name;
}

/** A failed operation in words. */
export function failureText(error: { code: string; message: string }): string {
  return codeText(error.code) ?? t('error.other', { message: error.message });
}

/** The name of a backup made on this day. */
export function backupName(day: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `Confab ${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}.confab-backup`;
}
