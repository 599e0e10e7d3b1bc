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
      if (body.code === 'diskFull') return t('notice.diskFull');
      return t('notice.warning', { detail: body.detail || body.code });
    case 'failed':
      switch (body.code) {
        case 'offline':
        case 'notOnline':
          return t('error.offline');
        case 'busy':
        case 'inAnotherCall':
          return t('error.inAnotherCall');
        case 'invalidAddress':
          return t('error.invalidAddress');
        case 'invalidState':
          return t('error.invalidState');
        default:
          return t('error.other', { message: body.message || body.code });
      }
    case 'answeredElsewhere':
      return t('notice.answeredElsewhere', { name: nameOf(body.jid) });
    case 'done':
      return t(`notice.${body.what}`);
  }
}
