/**
 * The loopback socket that brings pictures into the window. Opened with the first canvas and kept while there is
 * one; a lost socket is opened again with a new address. Every picture is answered, with `drawn` also when nobody
 * looks at it and with `skipped` when the decoder had no use for it, because the core sends at most three unanswered
 * ones per source. One canvas per side and call.
 */
import type { VideoFeed, VideoSide } from './transport';
import { parsePicture, type Picture } from './video-frame';
import { decodesVp8 } from './video-probe';
import { Screen } from './video-screen';

const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 5000;
/** After so many failures in a row the decoder is not to be trusted: raw pictures from then on. */
const MOST_FAILURES = 5;

interface Viewer {
  screen: Screen;
  call: string;
  side: VideoSide;
}

export class VideoSocketFeed implements VideoFeed {
  readonly #address: () => Promise<string>;
  readonly #probe: () => Promise<boolean>;
  readonly #viewers = new Set<Viewer>();
  #socket: WebSocket | null = null;
  #opening = false;
  #retryMs = RETRY_FIRST_MS;
  #decodes: boolean | null = null;
  #failures = 0;

  constructor(address: () => Promise<string>, probe: () => Promise<boolean> = decodesVp8) {
    this.#address = address;
    this.#probe = probe;
  }

  attach(
    canvas: HTMLCanvasElement,
    call: string,
    side: VideoSide,
    onPicture?: (width: number, height: number) => void,
  ): () => void {
    const screen = new Screen(canvas, {
      drawn: (picture, width, height) => {
        this.#failures = 0;
        this.#acknowledge('drawn', picture);
        onPicture?.(width, height);
      },
      lost: (picture) => this.#acknowledge('skipped', picture),
      broken: () => this.#decoderFailed(call, side),
    });
    const viewer: Viewer = { screen, call, side };
    this.#viewers.add(viewer);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#send({ t: 'keyframe', source: side, call });
    else void this.#open();
    return () => {
      this.#viewers.delete(viewer);
      screen.close();
      if (this.#viewers.size === 0) this.#close();
    };
  }

  async #open(): Promise<void> {
    if (this.#opening || this.#socket !== null) return;
    this.#opening = true;
    try {
      this.#decodes ??= await this.#probe();
      const url = await this.#address();
      if (this.#viewers.size > 0) this.#connect(url, this.#decodes);
    } catch {
      this.#retry();
    } finally {
      this.#opening = false;
    }
  }

  #connect(url: string, decode: boolean): void {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      this.#retryMs = RETRY_FIRST_MS;
      this.#send({ t: 'hello', decode });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      const picture = event.data instanceof ArrayBuffer ? parsePicture(event.data) : null;
      if (picture !== null) this.#show(picture);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#retry();
    };
  }

  #retry(): void {
    if (this.#viewers.size === 0) return;
    setTimeout(() => void this.#open(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #show(picture: Picture): void {
    let watched = false;
    let used = false;
    for (const viewer of this.#viewers) {
      if (viewer.call !== picture.call || viewer.side !== picture.side) continue;
      watched = true;
      used = viewer.screen.show(picture) || used;
    }
    if (!used) this.#acknowledge(watched ? 'skipped' : 'drawn', picture);
  }

  #acknowledge(t: 'drawn' | 'skipped', picture: Picture): void {
    const { side: source, call, frame, width, height } = picture;
    this.#send({ t, source, call, frame, width, height });
  }

  #decoderFailed(call: string, source: VideoSide): void {
    this.#failures++;
    if (this.#failures >= MOST_FAILURES && this.#decodes) {
      this.#decodes = false;
      this.#send({ t: 'hello', decode: false });
      return;
    }
    this.#send({ t: 'keyframe', source, call });
  }

  #send(message: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }
}
