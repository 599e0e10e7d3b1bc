/** The core behind Tauri's bridge. */
import { commands, events } from './bindings';
import { unwrap } from './errors';
import type { Messenger } from './messenger';
import type { Transport } from './transport';
import { VideoSocketFeed } from './video';

/** What the shell of today can do. */
const offered: Partial<Messenger> = {
  sendMessage: commands.sendMessage,
  editMessage: commands.editMessage,
  recallMessage: commands.recallMessage,
  react: commands.react,
  forwardMessages: commands.forwardMessages,
  deleteMessages: commands.deleteMessages,
  receipts: commands.receipts,
  cancelTransfer: commands.cancelTransfer,
  download: commands.download,
  picture: commands.picture,
  keepFile: commands.keepFile,
  messagesAround: commands.messagesAround,
  search: commands.search,
  setConversation: commands.setConversation,
  deleteConversation: commands.deleteConversation,
  acceptRequest: commands.acceptRequest,
  block: commands.block,
  unblock: commands.unblock,
  blocked: commands.blocked,
  profiles: commands.profiles,
  setProfile: commands.setProfile,
  setAvatar: commands.setAvatar,
  avatar: commands.avatar,
  availability: commands.availability,
  setAvailability: commands.setAvailability,
};

export function tauriTransport(): Transport {
  return {
    commands,
    messenger: offered,
    listen: (handler) => events.appEvent.listen((event) => handler(event.payload)),
    followRings: (handler) => events.ringPlaced.listen((event) => handler(event.payload)),
    video: new VideoSocketFeed(async () => (await unwrap(commands.videoSocket())).url),
  };
}
