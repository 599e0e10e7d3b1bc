/**
 * Message styling (XEP-0393), links and mentions: a text becomes a tree of parts. Nothing is ever markup, every character
 * of the text is in the tree, and the work grows with the length of the text and not with what stands in it.
 */
import type { Mention } from '../ipc/types';
import { splitLinks } from './links';

export type Span =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'mention'; text: string; mention: Mention }
  /** The sign that opens or closes a style: kept, and shown faintly (§ 6: it belongs to the text). */
  | { kind: 'mark'; text: string }
  | { kind: 'strong' | 'emphasis' | 'strike'; spans: Span[] }
  | { kind: 'code'; text: string };

export type Block =
  /** Lines with their breaks. */
  { kind: 'plain'; spans: Span[] } | { kind: 'pre'; text: string } | { kind: 'quote'; blocks: Block[] };

const STYLES = { '*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code' } as const;
type Mark = keyof typeof STYLES;
const isMark = (character: string | undefined): character is Mark => character !== undefined && character in STYLES;
const isSpace = (character: string | undefined) => character === undefined || /\s/u.test(character);

/** `>>>>>` is a joke or an attack beyond this depth. */
const DEEPEST_QUOTE = 6;

/** A line and where it begins in the whole text (UTF-16). */
interface Line {
  text: string;
  at: number;
}
/** A mention by UTF-16 places. */
interface Place {
  begin: number;
  end: number;
  mention: Mention;
}

/** There is nothing in it that could be a style, a quote or a link: most of what people write. */
export const isPlain = (text: string) => !/[*_~`>:]/u.test(text);

export function parseStyled(text: string, mentions: readonly Mention[] = []): Block[] {
  const lines: Line[] = [];
  let at = 0;
  for (const line of text.split('\n')) {
    lines.push({ text: line, at });
    at += line.length + 1;
  }
  return blocksOf(lines, placesOf(text, mentions), 0);
}

/** Mentions count Unicode characters; overlapping and impossible ones are left out. */
function placesOf(text: string, mentions: readonly Mention[]): Place[] {
  if (mentions.length === 0) return [];
  const offsets: number[] = [];
  let offset = 0;
  for (const character of text) {
    offsets.push(offset);
    offset += character.length;
  }
  offsets.push(offset);
  const places: Place[] = [];
  let free = 0;
  for (const mention of [...mentions].sort((a, b) => a.begin - b.begin)) {
    const begin = offsets[mention.begin];
    const end = offsets[mention.end];
    if (begin === undefined || end === undefined || begin < free || end <= begin) continue;
    places.push({ begin, end, mention });
    free = end;
  }
  return places;
}

function blocksOf(lines: readonly Line[], places: readonly Place[], depth: number): Block[] {
  const blocks: Block[] = [];
  let plain: Span[] | null = null;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.text.startsWith('```')) {
      const close = lines.findIndex((other, place) => place > index && other.text.trimEnd() === '```');
      const end = close < 0 ? lines.length : close;
      const inner = lines.slice(index + 1, end);
      // `` ```one line``` `` and a lone fence are no block.
      if (inner.length > 0) {
        blocks.push({ kind: 'pre', text: inner.map((other) => other.text).join('\n') });
        plain = null;
        index = end;
        continue;
      }
    }
    if (line.text.startsWith('>') && depth < DEEPEST_QUOTE) {
      const quoted: Line[] = [];
      for (; lines[index]?.text.startsWith('>'); index++) {
        const { text, at } = lines[index] as Line;
        const skip = text[1] === ' ' ? 2 : 1;
        quoted.push({ text: text.slice(skip), at: at + skip });
      }
      index--;
      blocks.push({ kind: 'quote', blocks: blocksOf(quoted, places, depth + 1) });
      plain = null;
      continue;
    }
    const spans = spansOf(line, places);
    if (plain === null) {
      plain = spans;
      blocks.push({ kind: 'plain', spans: plain });
    } else plain.push({ kind: 'text', text: '\n' }, ...spans);
  }
  return blocks;
}

/**
 * Spans of one line: they never go over its end. "After a different opening directive" (`*_both_*`) is met one level down,
 * where `_` begins its text.
 */
function spansOf({ text, at }: Line, places: readonly Place[]): Span[] {
  const spans: Span[] = [];
  /** Marks that have no partner before the end of this line. */
  const alone = new Set<Mark>();
  let begin = 0;
  let index = 0;
  while (index < text.length) {
    const mark = text[index];
    const next = text[index + 1];
    // Doubled signs are other languages' (`**`, a lone fence).
    const opens = isMark(mark) && isSpace(text[index - 1]) && !isSpace(next) && next !== mark;
    if (!opens || !isMark(mark) || alone.has(mark)) {
      index++;
      continue;
    }
    const close = closing(text, index, mark);
    if (close < 0) {
      alone.add(mark);
      index++;
      continue;
    }
    if (index > begin) spans.push(...leaves(text.slice(begin, index), at + begin, places));
    const inner = text.slice(index + 1, close);
    spans.push({ kind: 'mark', text: mark });
    const style = STYLES[mark];
    if (style === 'code') spans.push({ kind: 'code', text: inner });
    else spans.push({ kind: style, spans: spansOf({ text: inner, at: at + index + 1 }, places) });
    spans.push({ kind: 'mark', text: mark });
    index = close + 1;
    begin = index;
  }
  if (begin < text.length) spans.push(...leaves(text.slice(begin), at + begin, places));
  return spans;
}

/** The first place where `mark` may close: something between, and no white space before it. */
function closing(text: string, open: number, mark: Mark): number {
  for (let close = text.indexOf(mark, open + 1); close >= 0; close = text.indexOf(mark, close + 1))
    if (close > open + 1 && !isSpace(text[close - 1])) return close;
  return -1;
}

/** Text without styles: mentions, and links between them. */
function leaves(text: string, at: number, places: readonly Place[]): Span[] {
  const spans: Span[] = [];
  let from = 0;
  const upTo = (end: number) => {
    if (end > from) spans.push(...splitLinks(text.slice(from, end)));
  };
  for (const { begin, end, mention } of places) {
    const [first, last] = [begin - at, end - at];
    if (first < from || last > text.length) continue;
    upTo(first);
    spans.push({ kind: 'mention', text: text.slice(first, last), mention });
    from = last;
  }
  upTo(text.length);
  return spans;
}

const plainOf = (spans: readonly Span[]): string =>
  spans
    .map((span) => {
      switch (span.kind) {
        case 'mark':
          return '';
        case 'strong':
        case 'emphasis':
        case 'strike':
          return plainOf(span.spans);
        default:
          return span.text;
      }
    })
    .join('');

/** In one line and without signs: for lists and quotes. */
export function plainText(text: string): string {
  const say = (blocks: readonly Block[]): string =>
    blocks
      .map((block) =>
        block.kind === 'plain' ? plainOf(block.spans) : block.kind === 'pre' ? block.text : say(block.blocks),
      )
      .join(' ');
  return say(parseStyled(text)).replace(/\s+/gu, ' ').trim();
}

/** Up to three emoji and nothing else: shown large. */
export function isOnlyEmoji(text: string): boolean {
  const trimmed = text.trim();
  if (
    trimmed === '' ||
    trimmed.length > 40 ||
    (trimmed.charCodeAt(0) < 0x80 && !/[#*0-9]/u.test(trimmed[0] ?? '')) ||
    !/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(trimmed)
  )
    return false;
  const parts = [...new Intl.Segmenter().segment(trimmed)].map((part) => part.segment);
  return (
    parts.length <= 3 && parts.every((part) => /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator})/u.test(part))
  );
}
