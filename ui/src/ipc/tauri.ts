/** The core behind Tauri's bridge. */
import { commands, events } from './bindings';
import { unwrap } from './errors';
import { offered } from './messenger';
import type { Transport } from './transport';
import { VideoSocketFeed } from './video';

export function tauriTransport(): Transport {
  return {
    commands,
    messenger: offered,
    listen: (handler) => events.appEvent.listen((event) => handler(event.payload)),
    followRings: (handler) => events.ringPlaced.listen((event) => handler(event.payload)),
    video: new VideoSocketFeed(async () => (await unwrap(commands.videoSocket())).url),
  };
}
