/**
 * Whether this webview really decodes VP8. `VideoDecoder.isConfigSupported` says yes where decoding then fails, so
 * a real picture is decoded: 32 × 32, blue with a white square in the middle.
 */
const KEYFRAME =
  '0AUAnQEqIAAgAAAHCIWFiJmEiAEkEBWHKF/AfwB0wP4A/oDxgvYH9gAeWPntRUVUGtVtowYLseD+/zm9X//7+fXtBzcntoVozW19Bb5CeNGpntsNUu/rJpNVV2X8DdmQ';

/** A decoder that has said nothing by then never will; the first one may have to start a process. */
const PATIENCE_MS = 3000;

export async function decodesVp8(): Promise<boolean> {
  if (typeof VideoDecoder === 'undefined' || typeof EncodedVideoChunk === 'undefined') return false;
  const data = Uint8Array.from(atob(KEYFRAME), (character) => character.charCodeAt(0));
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    const finish = (works: boolean) => {
      clearTimeout(timer);
      resolve(works);
      if (decoder?.state === 'configured') decoder.close();
    };
    let decoder: VideoDecoder | undefined;
    try {
      decoder = new VideoDecoder({
        output: (frame) => {
          const right = frame.displayWidth === 32 && frame.displayHeight === 32;
          frame.close();
          finish(right);
        },
        error: () => finish(false),
      });
      decoder.configure({ codec: 'vp8', optimizeForLatency: true });
      decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
      // Some decoders hold the last picture back until they are told that no more comes.
      decoder.flush().catch(() => finish(false));
    } catch {
      finish(false);
    }
  });
}
