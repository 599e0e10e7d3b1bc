/** Notices in words. */
import { t } from '../../i18n/i18n.svelte';
import type { NoticeBody } from '../../stores/notices';

export function noticeText(body: NoticeBody, nameOf: (jid: string) => string): string {
  switch (body.kind) {
    case 'deviceReplaced': {
      const { lost, replacement } = body;
      if (replacement === null) return t('notice.deviceGone', { device: t(`device.${body.device}`), lost });
      return t('notice.deviceReplaced', { lost, replacement });
    }
    case 'deviceFailed': {
      const device = t(`device.${body.device}`);
      switch (body.code) {
        case 'busy':
          return t('notice.deviceBusy', { device });
        case 'denied':
          return t('notice.deviceDenied', { device });
        case 'notFound':
          return t('notice.deviceNotFound', { device });
        default:
          return t('notice.deviceFailed', { device });
      }
    }
    case 'warning':
      return codeText(body.code) ?? t('notice.warning', { detail: body.detail || body.code });
    case 'failed':
      return codeText(body.code) ?? t('error.other', { message: body.message || body.code });
    case 'answeredElsewhere':
      return t('notice.answeredElsewhere', { name: nameOf(body.jid) });
    case 'declined': {
      const [name, reason] = [nameOf(body.jid), body.reason.trim()];
      return reason === '' ? t('notice.declined', { name }) : t('notice.declinedBecause', { name, reason });
    }
    case 'done':
      return t(`notice.${body.what}`);
  }
}

/** The codes of the core that mean something to a person wherever they come up. */
export function codeText(code: string): string | null {
  switch (code) {
    case 'notOnline':
      return t('error.offline');
    case 'timeout':
      return t('error.noAnswer');
    case 'busy':
      return t('error.inAnotherCall');
    case 'videoRefused':
      return t('error.videoRefused');
    case 'invalidState':
    case 'unknownCall':
      return t('error.invalidState');
    case 'notReady':
      return t('error.notReady');
    case 'voiceDuringCall':
      return t('voice.duringCall');
    case 'voiceFailed':
      return t('voice.failed');
    case 'groupPicture':
      return t('notice.groupPicture');
    case 'fileFailed':
      return t('error.file');
    case 'pictureUnreadable':
      return t('avatar.unreadable');
    case 'diskFull':
      return t('notice.diskFull');
    case 'storeReadOnly':
      return t('error.storeReadOnly');
    case 'storeDamaged':
    case 'storeBusy':
    case 'storeInaccessible':
    case 'diskFailed':
    case 'storeFailed':
      return t('error.store');
    case 'serverRefused':
      return t('error.refused');
    case 'pushRefused':
      return t('notice.pushRefused');
    case 'backupLocked':
      return t('backup.locked');
    case 'notABackup':
      return t('backup.notABackup');
    case 'secrets':
      return t('error.secrets');
    default:
      return null;
  }
}
