/**
 * Names that people choose for themselves, beside those that this person knows. A name proves nothing: one that looks like
 * a contact's is shown with the address behind it. The shell does the same for notifications (`src-tauri/src/notify/names.rs`):
 * `looks.json` is read by both.
 */
import { isolated, unmarked } from './bidi';
import looks from './looks.json';

/** Takes no room on screen: fillers, soft hyphens, joiners of nothing, tags. (Not ZWJ and ZWNJ: emoji and scripts need them.) */
const INVISIBLE =
  /[\u00AD\u115F\u1160\u180E\u200B\u200E\u200F\u2028\u2029\u2060-\u2064\u206A-\u206F\u2800\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]|\u034F|[\u17B4\u17B5]|[\u180B-\u180D\u180F]/gu;
/** What is left after NFKD and is no part of how a name looks from afar. */
const ASIDE = /[\p{M}\p{Cf}\s]/gu;

/** Letters that look like a Latin one (Unicode TR 39, confusables.txt: the common scripts, small letters). */
const TWINS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(looks.twins).flatMap(([latin, twins]) => [...twins].map((twin) => [twin, latin])),
);

/** A name as it is shown: nothing that reorders the line, nothing that cannot be seen or pushes the rest away; empty if nothing
 * is left. */
export function plainName(name: string): string {
  return unmarked(name).replace(INVISIBLE, '').replace(/\s+/gu, ' ').trim();
}

/** Two names of one skeleton look alike. */
export function skeleton(name: string): string {
  const bare = plainName(name).normalize('NFKD').toLowerCase().replace(ASIDE, '');
  let look = '';
  for (const character of bare) look += TWINS[character] ?? character;
  return look.replaceAll('rn', 'm').replaceAll('vv', 'w');
}

/** A name with what tells its bearer from the one that it looks like. */
export function withProof(name: string, proof: string): string {
  return `${isolated(name)} (${proof})`;
}
