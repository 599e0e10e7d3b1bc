import { t } from '../../i18n/i18n.svelte';
import type { FailureWhy } from '../../ipc/types';

/** Why a message did not go out. */
export function failureText(why: FailureWhy): string {
  switch (why.kind) {
    case 'noSuchAddress':
      return t('failure.noSuchAddress');
    case 'serverUnreachable':
      return t('failure.serverUnreachable', { domain: why.domain });
    case 'refused':
      return t('failure.refused');
    case 'tooLarge':
      return t('failure.tooLarge');
    case 'streamEnded':
      return t('failure.streamEnded');
    case 'noUpload':
      return t('failure.noUpload');
    case 'fileUnreadable':
      return t('failure.fileUnreadable');
    case 'cancelled':
      return t('failure.cancelled');
    case 'other':
      return t('failure.other');
  }
}
