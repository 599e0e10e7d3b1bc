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
  saveAttachment: commands.saveAttachment,
  openAttachment: commands.openAttachment,
  pickFiles: commands.pickFiles,
  pasteFiles: commands.pasteFiles,
  keepFile: commands.keepFile,
  discardFile: commands.discardFile,
  playVoice: commands.playVoice,
  playRecording: commands.playRecording,
  startRecording: commands.startRecording,
  finishRecording: commands.finishRecording,
  cancelRecording: commands.cancelRecording,
  messagesAround: commands.messagesAround,
  search: commands.search,
  setConversation: commands.setConversation,
  deleteConversation: commands.deleteConversation,
  acceptRequest: commands.acceptRequest,
  signOutEverywhere: commands.signOutEverywhere,
  changePassword: commands.changePassword,
  deleteAccount: commands.deleteAccount,
  groupContact: commands.groupContact,
  exportConversation: commands.exportConversation,
  backUp: commands.backUp,
  pickBackup: commands.pickBackup,
  restoreBackup: commands.restoreBackup,
  block: commands.block,
  unblock: commands.unblock,
  blocked: commands.blocked,
  profiles: commands.profiles,
  setProfile: commands.setProfile,
  setAvatar: commands.setAvatar,
  avatar: commands.avatar,
  availability: commands.availability,
  setAvailability: commands.setAvailability,
  groups: commands.groups,
  groupInfo: commands.groupInfo,
  groupRequests: commands.groupRequests,
  groupMembers: commands.groupMembers,
  createGroup: commands.createGroup,
  joinGroup: commands.joinGroup,
  leaveGroup: commands.leaveGroup,
  dissolveGroup: commands.dissolveGroup,
  changeGroup: commands.changeGroup,
  setGroupPicture: commands.setGroupPicture,
  inviteToGroup: commands.inviteToGroup,
  setGroupRole: commands.setGroupRole,
  removeFromGroup: commands.removeFromGroup,
  moderateMessage: commands.moderateMessage,
  answerGroupRequest: commands.answerGroupRequest,
  groupLink: commands.groupLink,
};

export function tauriTransport(): Transport {
  return {
    commands,
    messenger: offered,
    listen: (handler) => events.appEvent.listen((event) => handler(event.payload)),
    followRings: (handler) => events.ringPlaced.listen((event) => handler(event.payload)),
    followFiles: (handler) => events.filesDragged.listen((event) => handler(event.payload)),
    followNotices: (handler) => events.noticeOpened.listen((event) => handler(event.payload)),
    followLinks: async (handler) => {
      const take = async () => {
        const link = await commands.takeLink();
        if (link !== null) handler(link);
      };
      const stop = await events.linkOpened.listen(() => void take());
      await take();
      return stop;
    },
    video: new VideoSocketFeed(async () => (await unwrap(commands.videoSocket())).url),
  };
}
