import { describe, expect, test } from 'vitest';
import type { Mention } from '../ipc/types';
import { isOnlyEmoji, parseStyled, plainText, type Block, type Span } from './styling';

/** The tree as one line: `<strong>` and so on, marks in brackets. */
function drawn(blocks: readonly Block[]): string {
  const span = (part: Span): string => {
    switch (part.kind) {
      case 'text':
        return part.text;
      case 'mark':
        return `[${part.text}]`;
      case 'link':
        return `link(${part.text})`;
      case 'mention':
        return `at(${part.text})`;
      case 'code':
        return `code(${part.text})`;
      default:
        return `${part.kind}(${part.spans.map(span).join('')})`;
    }
  };
  return blocks
    .map((block) =>
      block.kind === 'plain'
        ? block.spans.map(span).join('')
        : block.kind === 'pre'
          ? `pre{${block.text}}`
          : `quote{${drawn(block.blocks)}}`,
    )
    .join('|');
}

describe('XEP-0393', () => {
  test.each([
    ['plain', 'plain'],
    ['a *b* c', 'a [*]strong(b)[*] c'],
    ['_a b_', '[_]emphasis(a b)[_]'],
    ['~no~ `x*y*`', '[~]strike(no)[~] [`]code(x*y*)[`]'],
    ['*_both_*', '[*]strong([_]emphasis(both)[_])[*]'],
    // § 5.1.2: no white space inside of the signs, something between them, and an opening at the start of a word.
    ['* a*', '* a*'],
    ['*a *', '*a *'],
    ['** ', '** '],
    ['2*3*4', '2*3*4'],
    ['snake_case_name', 'snake_case_name'],
    // Lazy: the first possible end.
    ['*a*b*', '[*]strong(a)[*]b*'],
    ['*this\nis not*', '*this\nis not*'],
    ['> quoted\n> more\nown', 'quote{quoted\nmore}|own'],
    ['> > deep\n> less', 'quote{quote{deep}|less}'],
    ['```\na *b*\n```\nafter', 'pre{a *b*}|after'],
    ['```rust\nfn', 'pre{fn}'],
    ['```', '```'],
    ['> ```\n> x\ny', 'quote{pre{x}}|y'],
    ['see https://a.org/x_y_z _now_', 'see link(https://a.org/x_y_z) [_]emphasis(now)[_]'],
    ['<b>*x*</b>', '<b>*x*</b>'],
    ['', ''],
  ])('%j', (text, expected) => expect(drawn(parseStyled(text))).toBe(expected));

  test('hostile texts are done at once and lose nothing', () => {
    for (const piece of ['*a ', '>', '*_~`', '`', '> ```\n', '```\n', '_*'])
      expect(JSON.stringify(parseStyled(piece.repeat(20_000))).length).toBeGreaterThan(1000);
  });
});

describe('mentions', () => {
  const at = (begin: number, end: number): Mention => ({ of: { kind: 'everybody' }, begin, end });

  test('by characters, not by code units, also inside of styles and quotes', () => {
    expect(drawn(parseStyled('😀 @Su Ke hi', [at(2, 8)]))).toBe('😀 at(@Su Ke) hi');
    expect(drawn(parseStyled('> *hey @all*', [at(7, 11)]))).toBe('quote{[*]strong(hey at(@all))[*]}');
  });
  test('impossible and overlapping ones are plain text', () => {
    expect(drawn(parseStyled('abc', [at(1, 9), at(2, 2), at(0, 2), at(1, 3)]))).toBe('at(ab)c');
  });
});

test('one line for lists', () => {
  expect(plainText('> *hey*\n```\ncode\n``` \nyou  there')).toBe('hey code you there');
});

test.each([
  ['👍', true],
  ['👨‍👩‍👧 🇨🇳', false],
  ['👨‍👩‍👧🇨🇳❤️', true],
  ['👍👍👍👍', false],
  ['ok 👍', false],
  ['12', false],
  ['', false],
])('only emoji: %j', (text, expected) => expect(isOnlyEmoji(text)).toBe(expected));
