/** Mentions while writing: the word that is being typed after an `@`, and where the chosen names stand at the end. */
import type { Mention, Mentioned } from '../ipc/types';

/** A chosen name, without the `@`. */
export interface Chosen {
  label: string;
  of: Mentioned;
}

/** The longest name that is looked for; beyond it somebody just wrote an `@`. */
const LONGEST = 32;

/** What stands between the last `@` and the cursor, if that begins a word; null: nothing is being mentioned (any more). */
export function mentionQuery(text: string, cursor: number): { at: number; query: string } | null {
  const at = text.lastIndexOf('@', cursor - 1);
  if (at < 0 || cursor - at - 1 > LONGEST) return null;
  const before = at === 0 ? '' : (text[at - 1] ?? '');
  // An address is no mention; after Chinese there is no space.
  if (/[\p{Script=Latin}\p{N}._-]/u.test(before)) return null;
  const query = text.slice(at + 1, cursor);
  return /[\n@]/u.test(query) || query.startsWith(' ') || query.endsWith(' ') ? null : { at, query };
}

const length = (text: string) => [...text].length;

/** Where the chosen names still stand in the text, by Unicode characters. The longest name at a place wins. */
export function mentionsIn(text: string, chosen: readonly Chosen[]): Mention[] {
  const names = [...chosen].sort((a, b) => b.label.length - a.label.length);
  const mentions: Mention[] = [];
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const name = names.find(({ label }) => label !== '' && text.startsWith(label, at + 1));
    if (name === undefined) continue;
    const begin = length(text.slice(0, at));
    mentions.push({ of: name.of, begin, end: begin + 1 + length(name.label) });
    at += name.label.length;
  }
  return mentions;
}

/** The names in a text that was sent, so that editing keeps them. */
export function chosenOf(text: string, mentions: readonly Mention[]): Chosen[] {
  const characters = [...text];
  return mentions.map(({ of, begin, end }) => ({
    of,
    label: characters.slice(begin, end).join('').replace(/^@/u, ''),
  }));
}
