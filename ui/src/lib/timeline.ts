/** Turns a conversation's messages into what the screen shows in order: days, the unread line, grouped bubbles. */
import type { Message, MessageId } from '../ipc/types';
import { isSameSender } from './sender';

export type TimelineItem =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: MessageId; message: Message; first: boolean; last: boolean };

/** Bubbles of one side that are closer than this form a group. */
const GROUP_GAP_MS = 5 * 60_000;

/** The calendar's day of this place that a time lies in: neighbours are mostly of one day, and a date costs more than a look. */
interface Day {
  begin: number;
  end: number;
}
const isIn = (day: Day, at: number) => at >= day.begin && at < day.end;
function dayOf(at: number): Day {
  const date = new Date(at);
  const begin = (more: number) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + more).getTime();
  return { begin: begin(0), end: begin(1) };
}

/** Of one day: `after` follows `before` in the same group of bubbles. */
function continues(before: Message | undefined, after: Message | undefined): boolean {
  return (
    before !== undefined &&
    after !== undefined &&
    before.content.kind !== 'notice' &&
    after.content.kind !== 'notice' &&
    before.direction === after.direction &&
    isSameSender(before.sender, after.sender) &&
    after.sentAt - before.sentAt < GROUP_GAP_MS &&
    // A line about a failure stands below its bubble and ends the group.
    before.delivery.kind !== 'failed'
  );
}

type Row = Extract<TimelineItem, { kind: 'message' }>;
/** The rows of before: what has not changed is the same object, and is not looked at again. */
const rows = new WeakMap<Message, Row>();
function rowOf(message: Message, first: boolean, last: boolean): Row {
  const known = rows.get(message);
  if (known?.first === first && known.last === last) return known;
  const row: Row = { kind: 'message', key: message.id, message, first, last };
  rows.set(message, row);
  return row;
}

/** `unread`: the message above which the "new messages" line stands. Messages come oldest first. */
export function buildTimeline(messages: readonly Message[], unread: MessageId | null): TimelineItem[] {
  const items: TimelineItem[] = [];
  let day: Day = { begin: 0, end: 0 };
  let follows = false;
  messages.forEach((message, index) => {
    if (!isIn(day, message.sentAt)) {
      day = dayOf(message.sentAt);
      items.push({ kind: 'day', key: `day ${day.begin} ${message.id}`, at: message.sentAt });
    }
    if (message.id === unread) items.push({ kind: 'unread', key: 'unread' });
    const after = messages[index + 1];
    const goesOn = after !== undefined && after.id !== unread && isIn(day, after.sentAt) && continues(message, after);
    items.push(rowOf(message, !follows, !goesOn));
    follows = goesOn;
  });
  return items;
}
