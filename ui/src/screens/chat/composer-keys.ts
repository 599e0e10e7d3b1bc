/** Keys that lead from the composer to messages, as in Telegram Desktop. */
import type { Operation } from '../../ipc/messenger';
import type { Message } from '../../ipc/types';
import { actionsFor } from '../../lib/message-actions';

type Can = (operation: Operation) => boolean;

/** Arrow up in an empty field: the last own message that can be edited. */
export function lastEditable(messages: readonly Message[], can: Can): Message | null {
  return messages.findLast((message) => actionsFor(message, can).includes('edit')) ?? null;
}

/** Ctrl and an arrow: the message before or after the one that is being answered; null: behind the last one. */
export function nextToAnswer(
  messages: readonly Message[],
  now: Message | null,
  step: 1 | -1,
  can: Can,
): Message | null {
  const open = messages.filter((message) => actionsFor(message, can).includes('reply'));
  const at = open.findIndex((message) => message.id === now?.id);
  const next = at < 0 ? (step < 0 ? open.at(-1) : undefined) : open[at + step];
  return next ?? (step < 0 ? now : null);
}
