/**
 * SHA-1, synchronous. Only for colours (XEP-0392 §5.1 fixes the function): WebCrypto's is asynchronous, and an
 * avatar must not change its colour after the first paint.
 */
export function sha1(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 0x20000000));
  view.setUint32(padded.length - 4, bytes.length << 3);

  const state = new Uint32Array([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0]);
  const schedule = new Uint32Array(80);
  for (let block = 0; block < padded.length; block += 64) addBlock(state, schedule, view, block);

  const digest = new Uint8Array(20);
  const out = new DataView(digest.buffer);
  state.forEach((word, index) => out.setUint32(index * 4, word));
  return digest;
}

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

function addBlock(state: Uint32Array, w: Uint32Array, view: DataView, offset: number): void {
  const at = (i: number) => w[i] ?? 0;
  for (let i = 0; i < 16; i++) w[i] = view.getUint32(offset + i * 4);
  for (let i = 16; i < 80; i++) w[i] = rotate(at(i - 3) ^ at(i - 8) ^ at(i - 14) ^ at(i - 16), 1);
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let i = 0; i < 80; i++) {
    const [f, k] =
      i < 20
        ? [(b & c) | (~b & d), 0x5a827999]
        : i < 40
          ? [b ^ c ^ d, 0x6ed9eba1]
          : i < 60
            ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
            : [b ^ c ^ d, 0xca62c1d6];
    const next = (rotate(a, 5) + f + e + k + at(i)) >>> 0;
    [e, d, c, b, a] = [d, c, rotate(b, 30) >>> 0, a, next];
  }
  [a, b, c, d, e].forEach((word, index) => (state[index] = ((state[index] ?? 0) + word) >>> 0));
}
