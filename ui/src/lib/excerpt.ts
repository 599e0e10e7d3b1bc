/** The part of a text around what was searched for. */
export interface ExcerptPart {
  text: string;
  hit: boolean;
}

/** How much of the text stands before the first hit, so that the hit is on screen in a narrow list. */
const BEFORE = 16;
const MOST = 160;

export function excerpt(text: string, query: string): ExcerptPart[] {
  const flat = text.replace(/\s+/gu, ' ');
  const words = query.trim().split(/\s+/u).filter(Boolean);
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&'));
  if (escaped.length === 0) return [{ text: flat.slice(0, MOST), hit: false }];
  const pattern = new RegExp(escaped.join('|'), 'giu');
  const first = flat.search(pattern);
  const start = first > BEFORE ? first - BEFORE : 0;
  const piece = (start > 0 ? '…' : '') + flat.slice(start, start + MOST);
  const parts: ExcerptPart[] = [];
  let end = 0;
  for (const match of piece.matchAll(pattern)) {
    if (match.index > end) parts.push({ text: piece.slice(end, match.index), hit: false });
    parts.push({ text: match[0], hit: true });
    end = match.index + match[0].length;
  }
  if (end < piece.length) parts.push({ text: piece.slice(end), hit: false });
  return parts;
}
