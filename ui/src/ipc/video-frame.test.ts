import { describe, expect, test } from 'vitest';
import { i420Bytes, parsePicture } from './video-frame';
import { toRgba } from './video-raw';

/** A frame as `src-tauri/src/video.rs` writes it. */
function frame(
  change: Partial<
    Record<'version' | 'kind' | 'source' | 'flags' | 'rotation' | 'codec' | 'width' | 'height', number>
  > = {},
  call = 'c1',
  data = [1, 2, 3],
): ArrayBuffer {
  const id = new TextEncoder().encode(call);
  const buffer = new ArrayBuffer(25 + id.length + data.length);
  const view = new DataView(buffer);
  view.setUint8(0, change.version ?? 1);
  view.setUint8(1, change.kind ?? 0);
  view.setUint8(2, change.source ?? 1);
  view.setUint8(3, change.flags ?? 1);
  view.setUint16(4, change.rotation ?? 0);
  view.setUint16(6, change.codec ?? 0);
  view.setUint32(8, change.width ?? 640);
  view.setUint32(12, change.height ?? 360);
  view.setUint32(16, 90_000);
  view.setUint32(20, 7);
  view.setUint8(24, id.length);
  new Uint8Array(buffer).set(id, 25);
  new Uint8Array(buffer).set(data, 25 + id.length);
  return buffer;
}

describe('parsePicture', () => {
  test('reads every field', () => {
    expect(parsePicture(frame({ rotation: 90 }, 'call-é'))).toEqual({
      encoded: true,
      side: 1,
      keyframe: true,
      rotation: 90,
      width: 640,
      height: 360,
      timestamp: 90_000,
      frame: 7,
      call: 'call-é',
      data: new Uint8Array([1, 2, 3]),
    });
  });

  test.each([
    ['another version', frame({ version: 2 })],
    ['another kind', frame({ kind: 2 })],
    ['another source', frame({ source: 2 })],
    ['another codec', frame({ codec: 9 })],
    ['a rotation that is none', frame({ rotation: 45 })],
    ['a rotation beyond a turn', frame({ rotation: 360 })],
    ['a size nobody sends', frame({ width: 100_000 })],
    ['raw pictures of the wrong length', frame({ kind: 1 })],
    ['raw pictures without a size', frame({ kind: 1, width: 0 }, 'c', [])],
    ['a header that is cut', frame().slice(0, 20)],
    ['an id that is longer than the frame', frame().slice(0, 26)],
    ['nothing', new ArrayBuffer(0)],
  ])('refuses %s', (_what, buffer) => {
    expect(parsePicture(buffer)).toBeNull();
  });

  test('takes raw pictures with odd sizes', () => {
    expect(i420Bytes(3, 3)).toBe(9 + 8);
    expect(parsePicture(frame({ kind: 1, width: 3, height: 3 }, 'c', Array<number>(17).fill(0)))?.encoded).toBe(false);
  });
});

describe('toRgba', () => {
  // 2 × 1: black, white; no colour.
  const picture = (rotation: number) => ({
    encoded: false,
    side: 1 as const,
    keyframe: false,
    rotation,
    width: 2,
    height: 1,
    timestamp: 0,
    frame: 0,
    call: 'c',
    data: new Uint8Array([16, 235, 128, 128]),
  });
  const grey = (rotation: number) => {
    const { width, height, pixels } = toRgba(picture(rotation));
    return { width, height, values: [...pixels].filter((_, index) => index % 4 === 0) };
  };
  test.each([
    [0, { width: 2, height: 1, values: [0, 255] }],
    [90, { width: 1, height: 2, values: [0, 255] }],
    [180, { width: 2, height: 1, values: [255, 0] }],
    [270, { width: 1, height: 2, values: [255, 0] }],
  ])('turned by %d degrees', (rotation, expected) => {
    expect(grey(rotation)).toEqual(expected);
  });
});
