import { beforeEach, expect, test } from 'vitest';
import { findEmojis, loadEmojis, recentEmojis, rememberEmoji } from './emoji';

beforeEach(() => localStorage.clear());

test('all emoji are read, each once, and all have words', async () => {
  const all = await loadEmojis();
  expect(all.length).toBeGreaterThan(1500);
  expect(new Set(all.map((emoji) => emoji.sign)).size).toBe(all.length);
  expect(all.filter((emoji) => emoji.words.some((words) => words === '')).map((emoji) => emoji.sign)).toEqual([]);
});

test('found by words of the language of the window, and by English ones', async () => {
  const all = await loadEmojis();
  const first = (query: string, locale: 'en' | 'zh-CN' | 'zh-TW') => findEmojis(all, query, locale).map((e) => e.sign);
  expect(first('thumbs up', 'en')).toContain('👍');
  expect(first('火', 'zh-CN')).toContain('🔥');
  expect(first('貓', 'zh-TW').length).toBeGreaterThan(0);
  expect(first('fire', 'zh-CN')).toContain('🔥');
  expect(first('ire', 'en')).not.toContain('🔥');
  expect(first('  ', 'en')).toEqual([]);
});

test('recent ones: newest first, once each, not without end; broken storage is none', () => {
  for (let i = 0; i < 40; i++) rememberEmoji(`e${i}`);
  rememberEmoji('e20');
  expect(recentEmojis().slice(0, 2)).toEqual(['e20', 'e39']);
  expect(recentEmojis()).toHaveLength(24);
  localStorage.setItem('confab.emoji', '{"a":1}');
  expect(recentEmojis()).toEqual([]);
});
