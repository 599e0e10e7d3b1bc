/** Why Confab cannot start, in words: what is wrong, and what a person can do. */
import { t } from '../../i18n/i18n.svelte';
import type { IpcError } from '../../ipc/types';

export interface StartupWords {
  title: string;
  text: string;
  /** What the system said, for whoever helps; English. */
  detail: string | null;
}

export function startupWords({ code, message, detail }: IpcError): StartupWords {
  const technical = [message, detail].filter((part) => part !== null && part !== '').join(': ') || null;
  const words = (title: string, text: string): StartupWords => ({ title, text, detail: technical });
  switch (code) {
    case 'diskFull':
      return words(t('startup.diskFull'), t('startup.diskFullText'));
    case 'storeReadOnly':
      return words(t('startup.readOnly'), t('startup.readOnlyText'));
    case 'storeDamaged':
      return words(t('startup.damaged'), t('startup.damagedText'));
    case 'storeTooNew':
      return words(t('startup.tooNew'), t('startup.tooNewText'));
    case 'storeBusy':
      return words(t('startup.busy'), t('startup.busyText'));
    case 'storeInaccessible':
      return words(t('startup.inaccessible'), t('startup.inaccessibleText'));
    case 'diskFailed':
      return words(t('startup.diskFailed'), t('startup.diskFailedText'));
    default:
      return words(t('app.broken'), t('startup.otherText'));
  }
}
