/** The binary frames of the video socket: one picture each (docs: "Video socket"). Pure. */
import type { VideoSide } from './transport';

export interface Picture {
  encoded: boolean;
  side: VideoSide;
  keyframe: boolean;
  /** Clockwise: 0, 90, 180 or 270. */
  rotation: number;
  width: number;
  height: number;
  /** 90 kHz */
  timestamp: number;
  /** Counts up per source. */
  frame: number;
  call: string;
  data: Uint8Array;
}

const VERSION = 1;
const HEADER_BYTES = 24;
const CODEC_VP8 = 0;
/** No camera and no peer sends more; beyond it the header is not to be believed. */
const MOST_PIXELS_PER_SIDE = 8192;

/** The picture in a frame, or null if the frame is not one that this version knows. `data` is a view, not a copy. */
export function parsePicture(buffer: ArrayBuffer): Picture | null {
  if (buffer.byteLength < HEADER_BYTES + 1) return null;
  const view = new DataView(buffer);
  const kind = view.getUint8(1);
  const side = view.getUint8(2);
  const rotation = view.getUint16(4);
  const width = view.getUint32(8);
  const height = view.getUint32(12);
  const idBytes = view.getUint8(HEADER_BYTES);
  const start = HEADER_BYTES + 1 + idBytes;
  if (view.getUint8(0) !== VERSION || kind > 1 || (side !== 0 && side !== 1) || start > buffer.byteLength) return null;
  if (kind === 0 && view.getUint16(6) !== CODEC_VP8) return null;
  if (rotation % 90 !== 0 || rotation > 270 || width > MOST_PIXELS_PER_SIDE || height > MOST_PIXELS_PER_SIDE)
    return null;
  const data = new Uint8Array(buffer, start);
  if (kind === 1 && (width === 0 || height === 0 || data.byteLength !== i420Bytes(width, height))) return null;
  return {
    encoded: kind === 0,
    side,
    keyframe: (view.getUint8(3) & 1) !== 0,
    rotation,
    width,
    height,
    timestamp: view.getUint32(16),
    frame: view.getUint32(20),
    call: new TextDecoder().decode(new Uint8Array(buffer, HEADER_BYTES + 1, idBytes)),
    data,
  };
}

/** The size of an 8-bit 4:2:0 picture without padding. */
export function i420Bytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}
