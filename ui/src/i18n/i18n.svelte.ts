/**
 * The language of the window. `t` is reactive: a component that used it is drawn again when the language changes.
 * English is the source; the other languages are checked against its keys by the compiler and by a test.
 */
import type { Language } from '../ipc/types';
import { isolated } from '../lib/bidi';
import { en } from './en';
import { zhCN } from './zh-CN';
import { zhTW } from './zh-TW';

export type Locale = 'en' | 'zh-CN' | 'zh-TW';
export type MessageKey = keyof typeof en;
/** Forms for one and for other numbers, where a language tells them apart; chosen by the parameter `count`. */
export type MessageForms = string | { one: string; other: string };
export type Dictionary = Readonly<Record<MessageKey, MessageForms>>;

export const dictionaries: Readonly<Record<Locale, Dictionary>> = { en, 'zh-CN': zhCN, 'zh-TW': zhTW };

/** Each language in its own words, for the language menu. */
export const localeNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  'zh-CN': '简体中文',
  'zh-TW': '繁體中文',
};

/** The best of our languages for a list of the system's, for example `['zh-Hant-HK', 'en-US']`. */
export function matchLocale(wanted: readonly string[]): Locale {
  for (const tag of wanted) {
    const lower = tag.toLowerCase();
    if (lower.startsWith('zh')) return /hant|-tw|-hk|-mo/u.test(lower) ? 'zh-TW' : 'zh-CN';
    if (lower.startsWith('en')) return 'en';
  }
  return 'en';
}

let current = $state<Locale>(matchLocale(typeof navigator === 'undefined' ? [] : navigator.languages));

export function locale(): Locale {
  return current;
}

/** Follows a setting; `system` is the first of the system's languages that we have. */
export function setLanguage(language: Language): void {
  current = language === 'system' ? matchLocale(navigator.languages) : language;
  document.documentElement.lang = current;
}

export function t(key: MessageKey, params: Readonly<Record<string, string | number>> = {}): string {
  const forms = dictionaries[current][key];
  const text =
    typeof forms === 'string'
      ? forms
      : new Intl.PluralRules(current).select(Number(params['count'] ?? 0)) === 'one'
        ? forms.one
        : forms.other;
  // Most have nothing to fill in, and there are dozens on each screen.
  if (!text.includes('{')) return text;
  return text.replace(/\{(\w+)\}/gu, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : isolated(String(value));
  });
}
