/** Messages in words: why a file is not here, what happened in a group, what a message is in one line. */
import { fileSize } from '../../i18n/format';
import { t } from '../../i18n/i18n.svelte';
import type { GroupNotice, MessageContent, Sender, TransferFailure } from '../../ipc/types';
import { unmarked } from '../../lib/bidi';
import { plainText } from '../../lib/styling';
import { recordTitle } from '../call/words';

export function transferText(why: TransferFailure): string {
  switch (why.kind) {
    case 'gone':
      return t('transfer.gone');
    case 'unreachable':
      return t('transfer.unreachable');
    case 'damaged':
      return t('transfer.damaged');
    case 'tooLarge':
      return t('transfer.tooLarge', { limit: fileSize(why.limit) });
    case 'refused':
      return t('transfer.refused');
    case 'disk':
      return t('transfer.disk');
  }
}

type Names = (sender: Sender) => string;

const withReason = (line: string, reason: string) =>
  reason.trim() === '' ? line : t('notice.group.reason', { line, reason: unmarked(reason).trim() });

/** What happened in a group. `name` names people, the own one included. */
export function noticeLine(notice: GroupNotice, name: Names): string {
  switch (notice.kind) {
    case 'created':
      return t('notice.group.created', { by: name(notice.by) });
    case 'joined':
      return t('notice.group.joined', { who: name(notice.who) });
    case 'left':
      return t('notice.group.left', { who: name(notice.who) });
    case 'removed': {
      const who = name(notice.who);
      const line =
        notice.by === null
          ? t('notice.group.removedPlain', { who })
          : t('notice.group.removed', { who, by: name(notice.by) });
      return withReason(line, notice.reason);
    }
    case 'banned': {
      const who = name(notice.who);
      const line =
        notice.by === null
          ? t('notice.group.bannedPlain', { who })
          : t('notice.group.banned', { who, by: name(notice.by) });
      return withReason(line, notice.reason);
    }
    case 'roleChanged':
      return t(`notice.group.role.${notice.role}`, { who: name(notice.who) });
    case 'renamed':
      return notice.by === null
        ? t('notice.group.renamedPlain', { name: unmarked(notice.name) })
        : t('notice.group.renamed', { name: unmarked(notice.name), by: name(notice.by) });
    case 'descriptionChanged':
      return notice.by === null
        ? t('notice.group.descriptionPlain')
        : t('notice.group.description', { by: name(notice.by) });
    case 'pictureChanged':
      return notice.by === null ? t('notice.group.picturePlain') : t('notice.group.picture', { by: name(notice.by) });
    case 'dissolved':
      return withReason(t('notice.group.dissolved'), notice.reason);
  }
}

/** A message in one line, for the chat list, for answers and for screen readers. */
export function contentLine(content: MessageContent, name: Names): string {
  switch (content.kind) {
    case 'text':
    case 'custom':
      return plainText(content.text);
    case 'file': {
      const caption = plainText(content.caption);
      if (caption !== '') return caption;
      switch (content.file.kind.kind) {
        case 'image':
          return t('message.photo');
        case 'video':
          return t('message.video');
        case 'voice':
          return t('message.voice');
        case 'audio':
        case 'file':
          return unmarked(content.file.name) || t('message.file');
      }
      break;
    }
    case 'location':
      return unmarked(content.location.address).trim() || t('message.location');
    case 'notice':
      return noticeLine(content.notice, name);
    case 'call':
      return recordTitle(content.record);
    case 'encrypted':
      return t('message.encryptedShort');
    case 'recalled':
      return t('message.recalled');
  }
}
