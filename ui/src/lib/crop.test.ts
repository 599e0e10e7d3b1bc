import { expect, test } from 'vitest';
import { cutOf, middle, movedCrop, zoomedCrop } from './crop';

test('the largest square in the middle, and half of it', () => {
  expect(cutOf(400, 200, middle)).toEqual({ left: 100, top: 0, side: 200 });
  expect(cutOf(400, 200, zoomedCrop(middle, 2))).toEqual({ left: 150, top: 50, side: 100 });
  expect(zoomedCrop(middle, 99).zoom).toBe(4);
  expect(zoomedCrop(middle, 0).zoom).toBe(1);
});

test('it follows the mouse and stays inside', () => {
  // Drawn at 100 pixels, a pixel of the mouse is two of the picture.
  expect(cutOf(400, 200, movedCrop(middle, { x: 25, y: 25 }, 100, 400, 200))).toEqual({ left: 50, top: 0, side: 200 });
  expect(cutOf(400, 200, movedCrop(middle, { x: -999, y: 0 }, 100, 400, 200)).left).toBe(200);
});
