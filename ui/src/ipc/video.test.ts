/** The socket's conversation: hello after the probe, an answer for every picture, a keyframe after a failure. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { VideoSide } from './transport';
import { VideoSocketFeed } from './video';

class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  binaryType = '';
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  close() {
    this.readyState = 3;
    this.onclose?.();
  }
}

function raw(call: string, frame: number): ArrayBuffer {
  const buffer = new ArrayBuffer(25 + call.length + 6);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint8(2, 1);
  view.setUint32(8, 2);
  view.setUint32(12, 2);
  view.setUint32(20, frame);
  view.setUint8(24, call.length);
  new Uint8Array(buffer).set(new TextEncoder().encode(call), 25);
  return buffer;
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal(
    'ImageData',
    class {
      data = new Uint8ClampedArray();
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function attached() {
  let count = 0;
  const feed = new VideoSocketFeed(
    () => Promise.resolve(`ws://127.0.0.1:1/${++count}`),
    () => Promise.resolve(false),
  );
  const detach = feed.attach(document.createElement('canvas'), 'c1', VideoSide.remote);
  await vi.advanceTimersByTimeAsync(0);
  const [socket] = FakeSocket.all;
  if (socket === undefined) throw new Error('no socket');
  socket.open();
  return { feed, socket, detach };
}

test('says what it can, then answers each picture, also one that nobody looks at', async () => {
  const { socket } = await attached();
  socket.onmessage?.({ data: raw('c1', 5) });
  socket.onmessage?.({ data: raw('other', 6) });
  socket.onmessage?.({ data: 'text' });
  expect(socket.sent).toEqual([
    { t: 'hello', decode: false },
    { t: 'drawn', source: 1, call: 'c1', frame: 5, width: 2, height: 2 },
    { t: 'drawn', source: 1, call: 'other', frame: 6, width: 2, height: 2 },
  ]);
});

test('a lost socket is opened again with a new address; without a canvas it is closed', async () => {
  const { socket, detach } = await attached();
  socket.close();
  await vi.advanceTimersByTimeAsync(250);
  expect(FakeSocket.all.map((other) => other.url)).toEqual(['ws://127.0.0.1:1/1', 'ws://127.0.0.1:1/2']);
  FakeSocket.all[1]?.open();
  detach();
  expect(FakeSocket.all[1]?.readyState).toBe(3);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all).toHaveLength(2);
});

test('a canvas that comes later asks for a keyframe', async () => {
  const { feed, socket } = await attached();
  feed.attach(document.createElement('canvas'), 'c1', VideoSide.local);
  expect(socket.sent.at(-1)).toEqual({ t: 'keyframe', source: 0, call: 'c1' });
});
