import { expect, test } from 'vitest';
import { coordinates, mapUrl } from './place';
import { barsOf } from './waveform';

test('a place in words and on a map', () => {
  const here = { latitude: -53.54361, longitude: 9.988, address: '"><script>' };
  expect(coordinates(here)).toBe('53.5436° S, 9.9880° E');
  expect(mapUrl(here)).toBe('https://www.openstreetmap.org/?mlat=-53.543610&mlon=9.988000#map=16/-53.543610/9.988000');
});

test('what is no place has neither', () => {
  for (const [latitude, longitude] of [
    [91, 0],
    [0, -180.1],
    [null, 1],
    [Number.NaN, 1],
  ] as const) {
    expect(coordinates({ latitude, longitude, address: '' })).toBeNull();
    expect(mapUrl({ latitude, longitude, address: '' })).toBeNull();
  }
});

test('bars: the loudest of what each stands for, whatever the length', () => {
  expect(barsOf([1, 9, 2, 3], 2)).toEqual([9, 3]);
  expect(barsOf([5, 8], 4)).toEqual([5, 5, 8, 8]);
  expect(barsOf([], 3)).toEqual([0, 0, 0]);
  expect(barsOf([400, -3], 2)).toEqual([100, 0]);
});
