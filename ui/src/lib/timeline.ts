/** Turns a conversation's messages into what the screen shows in order: days, the unread line, grouped bubbles. */
import type { Message, MessageId } from '../ipc/types';
import { isSameSender } from './sender';

export type TimelineItem =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: MessageId; message: Message; first: boolean; last: boolean };

/** Bubbles of one side that are closer than this form a group. */
const GROUP_GAP_MS = 5 * 60_000;

function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

function continues(before: Message | undefined, after: Message | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    before.content.kind !== 'notice' &&
    after.content.kind !== 'notice' &&
    before.direction === after.direction &&
    isSameSender(before.sender, after.sender) &&
    after.sentAt - before.sentAt < GROUP_GAP_MS &&
    dayOf(before.sentAt) === dayOf(after.sentAt) &&
    // A line about a failure stands below its bubble and ends the group.
    before.delivery.kind !== 'failed'
  );
}

/** `unread`: the message above which the "new messages" line stands. Messages come oldest first. */
export function buildTimeline(messages: readonly Message[], unread: MessageId | null): TimelineItem[] {
  const items: TimelineItem[] = [];
  let day = '';
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const today = dayOf(message.sentAt);
    if (today !== day) {
      day = today;
      items.push({ kind: 'day', key: `day ${today} ${message.id}`, at: message.sentAt });
    }
    if (message.id === unread) items.push({ kind: 'unread', key: 'unread' });
    items.push({
      kind: 'message',
      key: message.id,
      message,
      first: message.id === unread || !continues(before, message),
      last: after?.id === unread || !continues(message, after),
    });
  });
  return items;
}
