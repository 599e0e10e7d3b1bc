/** What an avatar without a picture shows: a hue from the address and initials from the name. */
import { sha1 } from './sha1';

const hues = new Map<string, number>();

/** The hue angle of XEP-0392 §5.1: 0 ≤ angle < 360. */
export function hueOf(jid: string): number {
  const known = hues.get(jid);
  if (known !== undefined) return known;
  const [low = 0, high = 0] = sha1(jid);
  const hue = ((low + high * 256) / 65536) * 360;
  // Far more people than anybody has on screen; then start over rather than grow.
  if (hues.size > 5000) hues.clear();
  hues.set(jid, hue);
  return hue;
}

const HAN = /\p{Script=Han}/u;

/** One Chinese character, or the initials of the first and last word, or the first letter. */
export function initialsOf(name: string): string {
  const trimmed = name.trim();
  const first = [...trimmed][0];
  if (first === undefined) return '';
  if (HAN.test(first)) return first;
  const words = trimmed.split(/[\s._-]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letter = (word: string | undefined) => [...(word ?? '')].find((c) => /[\p{L}\p{N}]/u.test(c)) ?? '';
  const initials = words.length > 1 ? letter(words[0]) + letter(words[words.length - 1]) : letter(words[0] ?? first);
  return initials.toLocaleUpperCase();
}

/** The part of an address before `@`, for people without a name. */
export function localPart(jid: string): string {
  const at = jid.indexOf('@');
  return at > 0 ? jid.slice(0, at) : jid;
}
