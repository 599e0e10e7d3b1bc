/** Finds web addresses in a text. What is no web address stays text; nothing is ever markup. */
export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; url: string };

const LINK = /\bhttps?:\/\/[^\s\u202A-\u202E\u2066-\u2069<>"'，。、；：！？（）【】《》「」]+/giu;
/** Punctuation that ends a sentence rather than an address. */
const TRAILING = /[.,;:!?)\]}'"…]+$/u;

export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    let link = match[0];
    const trailing = TRAILING.exec(link);
    // A closing bracket belongs to the address when the address opened it.
    if (trailing && !(trailing[0] === ')' && link.includes('('))) link = link.slice(0, -trailing[0].length);
    let url: URL;
    try {
      url = new URL(link);
    } catch {
      continue;
    }
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push({ kind: 'link', text: link, url: url.href });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}
