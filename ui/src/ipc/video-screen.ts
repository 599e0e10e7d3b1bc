/**
 * One canvas with the pictures of one side of one call. Encoded pictures go through a `VideoDecoder` to a 2D
 * context (uploading decoded frames to WebGL is fifty times slower in WebKitGTK), raw ones to WebGL.
 */
import type { Picture } from './video-frame';
import { rawPainter, sizeCanvas, type RawPainter } from './video-raw';

export interface ScreenEvents {
  /** A picture is on the canvas. Size as in its header, turned upright. */
  drawn(picture: Picture, width: number, height: number): void;
  /** A picture that was taken will never be drawn. */
  lost(picture: Picture): void;
  /** The decoder gave up; nothing can be drawn until a keyframe comes. */
  broken(): void;
}

export class Screen {
  readonly #canvas: HTMLCanvasElement;
  readonly #events: ScreenEvents;
  #decoder: VideoDecoder | null = null;
  #raw: RawPainter | null = null;
  #waitsForKeyframe = true;
  /** What was handed to the decoder, by its own count: pictures come out in the order they went in. */
  readonly #pending = new Map<number, Picture>();
  #count = 0;

  constructor(canvas: HTMLCanvasElement, events: ScreenEvents) {
    this.#canvas = canvas;
    this.#events = events;
  }

  /** Takes one picture. Returns false if it was of no use (no keyframe yet). */
  show(picture: Picture): boolean {
    if (!picture.encoded) {
      this.#raw ??= rawPainter(this.#canvas);
      this.#raw.draw(picture);
      this.#events.drawn(picture, this.#canvas.width, this.#canvas.height);
      return true;
    }
    if (this.#waitsForKeyframe && !picture.keyframe) return false;
    try {
      const decoder = this.#ready();
      const count = this.#count++;
      this.#pending.set(count, picture);
      const type = picture.keyframe ? 'key' : 'delta';
      decoder.decode(new EncodedVideoChunk({ type, timestamp: count, data: picture.data }));
      this.#waitsForKeyframe = false;
      return true;
    } catch {
      this.#fail();
      return true;
    }
  }

  close(): void {
    if (this.#decoder !== null && this.#decoder.state !== 'closed') this.#decoder.close();
    this.#decoder = null;
    this.#forget(Infinity);
  }

  /** Whatever is not newer than `count` was swallowed by the decoder. */
  #forget(count: number): void {
    for (const [other, picture] of this.#pending) {
      if (other > count) continue;
      this.#pending.delete(other);
      this.#events.lost(picture);
    }
  }

  #ready(): VideoDecoder {
    if (this.#decoder !== null && this.#decoder.state === 'configured') return this.#decoder;
    const decoder = new VideoDecoder({
      output: (frame) => this.#draw(frame),
      error: () => this.#decoder === decoder && this.#fail(),
    });
    decoder.configure({ codec: 'vp8', optimizeForLatency: true });
    this.#decoder = decoder;
    return decoder;
  }

  #draw(frame: VideoFrame): void {
    const picture = this.#pending.get(frame.timestamp);
    this.#pending.delete(frame.timestamp);
    this.#forget(frame.timestamp);
    const context = this.#canvas.getContext('2d', { alpha: false });
    if (picture !== undefined && context === null) this.#events.lost(picture);
    if (picture !== undefined && context !== null) {
      const { displayWidth: width, displayHeight: height } = frame;
      sizeCanvas(this.#canvas, { width, height, rotation: picture.rotation });
      context.setTransform(1, 0, 0, 1, this.#canvas.width / 2, this.#canvas.height / 2);
      context.rotate((picture.rotation * Math.PI) / 180);
      context.drawImage(frame, -width / 2, -height / 2, width, height);
      this.#events.drawn(picture, this.#canvas.width, this.#canvas.height);
    }
    frame.close();
  }

  #fail(): void {
    this.close();
    this.#waitsForKeyframe = true;
    this.#events.broken();
  }
}
