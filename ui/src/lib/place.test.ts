import { expect, test } from 'vitest';
import { coordinates, mapUrl, parsePlace } from './place';
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

test('places as people paste them', () => {
  const read = (text: string) => {
    const found = parsePlace(text);
    return found === null ? null : [found.latitude, found.longitude, found.address];
  };
  for (const text of [
    '53.5436, 9.988',
    '53.5436 9.988',
    '53,5436 9,988',
    ' geo:53.5436,9.988;u=35 ',
    'geo:53.5436,9.988,12?z=17',
    '53.5436° N, 9.988° E',
    'N 53.5436 E 9.988',
    '9.988 E, 53.5436 N',
    'https://www.openstreetmap.org/?mlat=53.5436&mlon=9.988#map=16/1/2',
    'https://www.openstreetmap.org/#map=16/53.5436/9.988',
    'Meet me here: https://maps.google.com/?q=53.5436,9.988',
    'https://www.google.com/maps/search/?api=1&query=53.5436%2C9.988',
    'https://www.google.com/maps/@53.5436,9.988,17z',
    'https://maps.apple.com/?ll=53.5436,9.988&t=m',
    'https://www.bing.com/maps?cp=53.5436~9.988&lvl=16',
  ])
    expect(read(text), text).toEqual([53.5436, 9.988, '']);
  expect(read('52°30\'0"N 13°24\'36"W')).toEqual([52.5, -13.41, '']);
  expect(read('geo:0,0?q=-33.8568,151.2153(Opera House)')).toEqual([-33.8568, 151.2153, 'Opera House']);
  expect(read('https://www.google.com/maps/place/Harbour+Hall/@1.5,2.5,17z/data=!3m1!4b1!3d53.5436!4d9.988')).toEqual([
    53.5436,
    9.988,
    'Harbour Hall',
  ]);
});

test('what names no place is none', () => {
  for (const text of [
    '',
    'Harbour Hall, Room 3',
    '95, 10',
    '10, 190',
    '53.5',
    '1 2 3',
    'N 10 N 20',
    'https://maps.app.goo.gl/abcdef',
    'https://example.org/%',
    'geo:north,east',
    'javascript:alert(53.5, 9.9)',
    'x'.repeat(5000),
  ])
    expect(parsePlace(text), text).toBeNull();
});
