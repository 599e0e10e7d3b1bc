/**
 * The seam between the UI and the core. Two implementations: the Tauri shell (`tauri.ts`) and, in tests and
 * for looking at screens, a core made of data (`../testing/fake.ts`).
 */
import type { commands } from './bindings';
import type { Messenger } from './messenger';
import type { CallId, EventEnvelope, FilesDragged, NoticeOpened, RingPlace } from './types';

/** Commands that go through `Messenger` or `followLinks`, or that no screen uses. */
type Others = keyof Messenger | 'takeLink' | 'messagesAfter' | 'profile';

export type Commands = Omit<typeof commands, Others>;

/** Whose picture: the own camera or the far side's. The numbers are those of the video socket. */
export const VideoSide = { local: 0, remote: 1 } as const;
export type VideoSide = (typeof VideoSide)[keyof typeof VideoSide];

/** Where pictures come from. */
export interface VideoFeed {
  /**
   * Draws the pictures of one side of a call on `canvas` until the returned function is called.
   * `onPicture` is told the size of each drawn picture, turned upright.
   */
  attach(
    canvas: HTMLCanvasElement,
    call: CallId,
    side: VideoSide,
    onPicture?: (width: number, height: number) => void,
  ): () => void;
}

export interface Transport {
  commands: Commands;
  /** Those of the messenger's operations that this core has. */
  messenger: Partial<Messenger>;
  /** Resolves when the listener is in place: commands sent afterwards miss no event. */
  listen(handler: (envelope: EventEnvelope) => void): Promise<() => void>;
  /** The same for where calls ring. */
  followRings(handler: (place: RingPlace) => void): Promise<() => void>;
  /** The same for files of other programs that are dragged over the window, where the page does not hear of them itself. */
  followFiles(handler: (event: FilesDragged) => void): Promise<() => void>;
  /** The same for notifications that were pressed. */
  followNotices(handler: (opened: NoticeOpened) => void): Promise<() => void>;
  /** Tells `xmpp:` links that were opened outside of the app: one that waits already, and those that come. */
  followLinks(handler: (link: string) => void): Promise<() => void>;
  video: VideoFeed;
}
