/** All texts exist in all languages with the same parameters, and no component has a text of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, test } from 'vitest';
import { dictionaries, matchLocale, setLanguage, t } from './i18n.svelte';
import { clockDuration, dayName, listTime, wordDuration } from './format';

const SOURCE = join(import.meta.dirname, '..');
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.svelte'));

describe('dictionaries', () => {
  const parameters = (text: unknown) =>
    [...JSON.stringify(text).matchAll(/\{(\w+)\}/gu)].map((match) => match[1]).sort();

  test.each(['zh-CN', 'zh-TW'] as const)('%s has every key, with the same parameters', (locale) => {
    expect(Object.keys(dictionaries[locale])).toEqual(Object.keys(dictionaries.en));
    for (const [key, text] of Object.entries(dictionaries[locale])) {
      const english = Object.entries(dictionaries.en).find(([other]) => other === key)?.[1];
      // A sentence may do without a name that the other language repeats.
      expect(parameters(english), key).toEqual(expect.arrayContaining(parameters(text)));
      expect(JSON.stringify(text).length, key).toBeGreaterThan(2);
    }
  });

  test('the two kinds of Chinese are not mixed', () => {
    const simplified = /[这对们为说时间务来过还没关设见让络线]/u;
    const traditional = /[這對們為說時間務來過還沒關設見讓絡線]/u;
    for (const [key, text] of Object.entries(dictionaries['zh-TW']))
      expect(JSON.stringify(text), key).not.toMatch(simplified);
    for (const [key, text] of Object.entries(dictionaries['zh-CN']))
      expect(JSON.stringify(text), key).not.toMatch(traditional);
  });

  test('every key is used', () => {
    const all = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(svelte|ts)$/u.test(file) && !/^i18n\/(en|zh-)/u.test(file))
      .map((file) => readFileSync(join(SOURCE, file), 'utf8'))
      .join('\n');
    // Keys that are put together, `delivery.${kind}`, count by what stands before the gap.
    const prefixes = [...all.matchAll(/`([\w.]+\.)\$\{/gu)].map((match) => match[1] ?? '');
    const unused = Object.keys(dictionaries.en).filter(
      (key) => !all.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });
});

describe('components', () => {
  /** What is said to people in attributes. */
  const SPOKEN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'text', 'help']);
  const LETTERS = /\p{L}{2,}/u;
  /** Names, units and examples of addresses, the same in every language. */
  const NAMES = new Set(['Confab', 'push.example.org']);

  function textsOf(node: unknown, found: string[]): void {
    if (Array.isArray(node)) for (const child of node) textsOf(child, found);
    if (typeof node !== 'object' || node === null || !('type' in node)) return;
    if (node.type === 'StyleDirective') return;
    const typed = node as AST.Text | AST.Attribute | { type: string };
    if (typed.type === 'Text' && 'data' in typed && LETTERS.test(typed.data)) found.push(typed.data.trim());
    if (typed.type === 'Attribute' && 'name' in typed) {
      if (SPOKEN.has(typed.name)) textsOf(typed.value, found);
      return;
    }
    for (const [key, value] of Object.entries(node))
      if (key !== 'css' && key !== 'instance' && key !== 'module') textsOf(value, found);
  }

  test.each(files)('%s has no text of its own', (file) => {
    const tree = parse(readFileSync(join(SOURCE, file), 'utf8'), { modern: true });
    const found: string[] = [];
    textsOf(tree.fragment.nodes, found);
    expect(found.filter((text) => !NAMES.has(text))).toEqual([]);
  });
});

test('the system’s languages', () => {
  expect(matchLocale(['zh-Hant-HK'])).toBe('zh-TW');
  expect(matchLocale(['zh-TW', 'en'])).toBe('zh-TW');
  expect(matchLocale(['zh-SG'])).toBe('zh-CN');
  expect(matchLocale(['de-DE', 'zh-CN'])).toBe('zh-CN');
  expect(matchLocale(['de'])).toBe('en');
  expect(matchLocale([])).toBe('en');
});

test('times and durations', () => {
  setLanguage('en');
  const now = new Date(2026, 10, 21, 12, 0).getTime();
  const day = 86_400_000;
  expect([0, 1, 2].map((ago) => dayName(now - ago * day, now))).toEqual(['Today', 'Yesterday', 'Thursday']);
  expect(listTime(now - 3_600_000, now)).toBe('11:00');
  expect(listTime(new Date(2026, 10, 20, 23, 59).getTime(), now)).toBe('Yesterday');
  expect(clockDuration(761_000)).toBe('12:41');
  expect(clockDuration(3_723_000)).toBe('1:02:03');
  expect(wordDuration(252).replace(/\u00a0/gu, ' ')).toBe('4 min 12 s');
  setLanguage('zh-CN');
  expect(wordDuration(252)).toBe('4 分 12 秒');
  expect(t('chat.placeholder', { name: '林晓' })).toBe('发消息给 林晓');
  setLanguage('en');
});
