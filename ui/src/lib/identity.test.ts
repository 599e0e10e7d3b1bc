import { expect, test } from 'vitest';
import { plainName, skeleton, withProof } from './identity';
import looks from './looks.json';

test('what cannot be seen is no part of a name', () => {
  expect(plainName('\u202ELin\u200B \u2067Xiao\u00AD\u{E0041} ')).toBe('Lin Xiao');
  expect(plainName('\u200B\u3164\u2800')).toBe('');
  expect(plainName('👩‍💻 می‌خواهم')).toBe('👩‍💻 می‌خواهم');
});

test('names that look alike have one skeleton', () => {
  for (const { name, alike, different } of looks.tests) {
    for (const other of alike) expect(skeleton(other), other).toBe(skeleton(name));
    for (const other of different) expect(skeleton(other), other).not.toBe(skeleton(name));
  }
});

test('the address stands beside the name, whatever its direction', () => {
  expect(withProof('Lin', 'eve@example.net')).toBe('Lin (eve@example.net)');
  expect(withProof('לין', 'eve@example.net')).toBe('\u2068לין\u2069 (eve@example.net)');
});
