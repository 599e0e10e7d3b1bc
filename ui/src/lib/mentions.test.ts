import { describe, expect, test } from 'vitest';
import type { Mentioned } from '../ipc/types';
import { chosenOf, mentionQuery, mentionsIn } from './mentions';

const anna: Mentioned = { kind: 'person', jid: 'anna@x.org' };
const all: Mentioned = { kind: 'everybody' };

describe('the word after an @', () => {
  test.each([
    ['@', 1, { at: 0, query: '' }],
    ['hi @an', 6, { at: 3, query: 'an' }],
    ['你好@林', 4, { at: 2, query: '林' }],
    ['hi @Su K', 8, { at: 3, query: 'Su K' }],
    ['mail anna@x', 11, null],
    ['@ now', 5, null],
    ['@Su Ke ', 7, null],
    ['@a\nb', 4, null],
    ['none', 4, null],
    [`@${'x'.repeat(40)}`, 41, null],
  ])('%j at %i', (text, cursor, expected) => expect(mentionQuery(text, cursor)).toEqual(expected));
});

describe('where the names stand', () => {
  test('by characters; the longest name wins; those that were typed over are gone', () => {
    const chosen = [
      { label: 'Anna', of: anna },
      { label: 'Anna Berg', of: all },
      { label: 'Bob', of: all },
    ];
    expect(mentionsIn('😀 @Anna Berg and @Anna', chosen)).toEqual([
      { of: all, begin: 2, end: 12 },
      { of: anna, begin: 17, end: 22 },
    ]);
    expect(mentionsIn('@Ann', chosen)).toEqual([]);
  });
  test('there and back', () => {
    const mentions = mentionsIn('x @Anna', [{ label: 'Anna', of: anna }]);
    expect(chosenOf('x @Anna', mentions)).toEqual([{ label: 'Anna', of: anna }]);
  });
});
