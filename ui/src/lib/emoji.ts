/** Emoji to choose from: the quick ones, the recent ones, all of them in groups, and search in the window's language. */
import type { Locale } from '../i18n/i18n.svelte';

/** Offered at once for a reaction. */
export const quickEmojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

export type EmojiGroup =
  'faces' | 'people' | 'nature' | 'food' | 'travel' | 'activities' | 'objects' | 'symbols' | 'flags';

export interface Emoji {
  sign: string;
  group: EmojiGroup;
  /** Lower case; English, Simplified, Traditional. */
  words: readonly [en: string, hans: string, hant: string];
}

/** The lines of `emoji-data.ts`. */
export function readEmojis(lines: string): Emoji[] {
  const emojis: Emoji[] = [];
  let group: EmojiGroup = 'faces';
  for (const line of lines.trim().split('\n')) {
    if (line.startsWith('# ')) {
      group = line.slice(2) as EmojiGroup;
      continue;
    }
    const [sign = '', en = '', hans = '', hant = ''] = line.split('|');
    emojis.push({ sign, group, words: [en, hans.toLowerCase(), hant.toLowerCase()] });
  }
  return emojis;
}

let all: Promise<readonly Emoji[]> | null = null;

/** All of them; their list is read when it is first wanted. */
export function loadEmojis(): Promise<readonly Emoji[]> {
  all ??= import('./emoji-data').then(({ emojiLines }) => readEmojis(emojiLines));
  return all;
}

/** Each word must begin a word of the emoji's; Chinese words may stand anywhere. Best matches first. */
export function findEmojis(emojis: readonly Emoji[], query: string, locale: Locale): Emoji[] {
  const wanted = query.trim().toLowerCase().split(/\s+/u).filter(Boolean);
  if (wanted.length === 0) return [];
  const own = locale === 'zh-CN' ? 1 : locale === 'zh-TW' ? 2 : 0;
  const score = (emoji: Emoji): number => {
    if (emoji.sign === query.trim()) return 0;
    const english = ` ${emoji.words[0]}`;
    if (wanted.every((word) => english.includes(` ${word}`))) return english.startsWith(` ${wanted[0] ?? ''}`) ? 1 : 2;
    if (own !== 0 && wanted.every((word) => emoji.words[own].includes(word))) return 2;
    return -1;
  };
  const scored = emojis.map((emoji) => ({ emoji, score: score(emoji) })).filter((hit) => hit.score >= 0);
  return scored.sort((a, b) => a.score - b.score).map((hit) => hit.emoji);
}

export const nameOfEmoji = (emoji: Emoji, locale: Locale): string => {
  const words = emoji.words[locale === 'zh-CN' ? 1 : locale === 'zh-TW' ? 2 : 0];
  return locale === 'en' ? words : (words.split(' ')[0] ?? '');
};

const RECENT = 'confab.emoji';
const MOST_RECENT = 24;

/** Newest first. Kept in the window's storage: a convenience, lost without harm. */
export function recentEmojis(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(RECENT) ?? '[]');
    return Array.isArray(kept) ? kept.filter((sign) => typeof sign === 'string').slice(0, MOST_RECENT) : [];
  } catch {
    return [];
  }
}

export function rememberEmoji(sign: string): void {
  try {
    const rest = recentEmojis().filter((other) => other !== sign);
    localStorage.setItem(RECENT, JSON.stringify([sign, ...rest].slice(0, MOST_RECENT)));
  } catch {
    // Storage may be closed.
  }
}
