/** A row's height before it was measured, in pixels. */
import { shownSize } from '../../lib/picture-size';
import type { Message } from '../../ipc/types';
import type { TimelineItem } from '../../lib/timeline';

/** Halves of a Chinese character's width that fit into a line of a bubble, about. */
const LINE = 68;
/** The time and the tick beside the last words. */
const META = 10;

/** Chinese, Japanese, Korean, full-width signs and emoji are twice as wide as Latin letters. */
function widthOf(line: string): number {
  let width = line.length;
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    // Above the marks of Latin; halves of emoji count one each.
    if (code >= 0x2e80 && (code < 0xd800 || code >= 0xf900)) width++;
  }
  return width;
}
const linesOf = (text: string) => {
  const lines = text.split('\n');
  return lines.reduce((sum, line, index) => {
    const width = widthOf(line) + (index === lines.length - 1 ? META : 0);
    return sum + Math.max(1, Math.ceil(width / LINE));
  }, 0);
};

/** Texts are counted once: a long history is asked for again with each message that comes. */
const known = new WeakMap<Message, number>();

export function estimateOf(item: TimelineItem): number {
  if (item.kind !== 'message') return 44;
  let height = known.get(item.message);
  if (height === undefined) {
    height = estimated(item);
    known.set(item.message, height);
  }
  return height;
}

function estimated(item: Extract<TimelineItem, { kind: 'message' }>): number {
  const { content, reactions, replyTo } = item.message;
  const around = (item.first ? 12 : 2) + (reactions.length > 0 ? 30 : 0) + (replyTo === null ? 0 : 50);
  switch (content.kind) {
    case 'text':
    case 'custom':
      return 16 + 20 * linesOf(content.text) + around;
    case 'notice':
      return 28;
    case 'location':
      return 176 + around;
    case 'file': {
      const caption = content.caption === '' ? 0 : 6 + 20 * linesOf(content.caption);
      const { kind } = content.file;
      if (kind.kind !== 'image' && kind.kind !== 'video') return 76 + caption + around;
      return shownSize(kind.width, kind.height).height + 8 + caption + around;
    }
    case 'call':
    case 'encrypted':
    case 'recalled':
      return 56 + around;
  }
}
