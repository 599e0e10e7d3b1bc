/** What may be done with a message. Pure: the message, what the core can do, and nothing else. */
import type { Operation } from '../ipc/messenger';
import type { Message } from '../ipc/types';

export type MessageAction =
  | 'reply'
  | 'react'
  | 'edit'
  | 'copy'
  | 'forward'
  | 'save'
  | 'open'
  | 'select'
  | 'info'
  | 'delete'
  | 'recall'
  | 'moderate';

/** The words of a message that can be copied and edited; null: it has none. */
export function wordsOf(message: Message): string | null {
  switch (message.content.kind) {
    case 'text':
    case 'custom':
      return message.content.text;
    case 'file':
      return message.content.caption === '' ? null : message.content.caption;
    case 'location':
      return message.content.location.address === '' ? null : message.content.location.address;
    default:
      return null;
  }
}

export const isRecalled = (message: Message) =>
  message.delivery.kind === 'recalled' || message.content.kind === 'recalled';

/** The others have it, so that they can hear of what becomes of it. */
function isOut({ direction, delivery }: Message): boolean {
  if (direction === 'incoming') return true;
  return delivery.kind === 'sent' || delivery.kind === 'delivered' || delivery.kind === 'read';
}

/** `rules`: this account takes messages of others back where it is. */
export function actionsFor(message: Message, can: (operation: Operation) => boolean, rules = false): MessageAction[] {
  const { content } = message;
  if (content.kind === 'notice') return [];
  const alive = !isRecalled(message);
  const says = alive && (content.kind === 'text' || content.kind === 'file' || content.kind === 'location');
  const own = message.direction === 'outgoing';
  const here = content.kind === 'file' && content.file.transfer.kind === 'local';
  const checks: [MessageAction, boolean][] = [
    ['reply', says && isOut(message) && can('sendMessage')],
    ['react', says && isOut(message) && can('react')],
    ['edit', own && alive && content.kind === 'text' && isOut(message) && can('editMessage')],
    ['copy', alive && wordsOf(message) !== null],
    ['forward', says && isOut(message) && can('forwardMessages')],
    ['open', alive && here && can('openAttachment')],
    ['save', alive && here && can('saveAttachment')],
    ['info', own && alive && isOut(message) && content.kind !== 'call' && can('receipts')],
    ['select', content.kind !== 'call' && (can('forwardMessages') || can('deleteMessages'))],
    ['delete', content.kind !== 'call' && can('deleteMessages')],
    ['recall', own && says && isOut(message) && can('recallMessage')],
    ['moderate', rules && !own && alive && content.kind !== 'call' && can('moderateMessage')],
  ];
  return checks.filter(([, allowed]) => allowed).map(([action]) => action);
}
