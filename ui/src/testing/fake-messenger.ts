/** The messenger's operations of the fake core: what they change is told by the same events. */
import { person } from './build';
import type { Result } from '../ipc/errors';
import { refused } from '../ipc/errors';
import type { GroupMember, MessageDraft, MessageReceipt, Messenger, MessageSearch } from '../ipc/messenger';
import type { BareJid, Conversation, Group, GroupRequest, Message, MessageContent, Profile } from '../ipc/types';
import type { Availability } from '../ipc/types';
import type { FakeCore } from './fake';

export interface FakePeople {
  profiles: Profile[];
  /** `data:` addresses by key. */
  avatars: Map<string, string>;
  blocked: BareJid[];
  availability: Availability;
  groups: Group[];
  /** That this account is not in, but that can be looked at. */
  elsewhere: Map<BareJid, Group>;
  groupRequests: GroupRequest[];
  members: Map<BareJid, GroupMember[]>;
  /** The whole pictures, by message. */
  pictures: Map<string, string>;
  receipts: MessageReceipt[];
}

export const emptyFakePeople = (): FakePeople => ({
  profiles: [],
  avatars: new Map(),
  blocked: [],
  availability: { doNotDisturb: false, until: null, status: '' },
  groups: [],
  elsewhere: new Map(),
  groupRequests: [],
  members: new Map(),
  pictures: new Map(),
  receipts: [],
});

const ok = <T>(data: T): Promise<Result<T>> => Promise.resolve({ status: 'ok', data });
const refuse = (code: string) => Promise.resolve(refused(code));

function contentOf({ content }: MessageDraft): MessageContent {
  switch (content.kind) {
    case 'text':
    case 'custom':
      return { kind: content.kind, text: content.text };
    case 'location':
      return { kind: 'location', location: content.location };
    case 'file':
      return {
        kind: 'file',
        caption: content.caption,
        file: {
          kind: content.voice ? { kind: 'voice', durationMs: 1000, waveform: [] } : { kind: 'file' },
          name: content.name ?? content.path,
          mediaType: 'application/octet-stream',
          size: 1000,
          thumbnail: null,
          transfer: { kind: 'uploading', percent: 0 },
        },
      };
  }
}

function matches(message: Message, { text, kind, sender }: MessageSearch): boolean {
  const { content } = message;
  if (sender && message.sender.jid !== sender) return false;
  const file = content.kind === 'file' ? content.file.kind.kind : null;
  const words =
    content.kind === 'text' ? content.text : content.kind === 'file' ? `${content.caption} ${content.file.name}` : '';
  if (!words.toLocaleLowerCase().includes(text.toLocaleLowerCase())) return false;
  switch (kind) {
    case 'any':
      return words.trim() !== '';
    case 'images':
      return file === 'image';
    case 'voice':
      return file === 'voice';
    case 'files':
      return file === 'file';
    case 'links':
      return /https?:\/\//u.test(words);
  }
}

export function fakeMessenger(core: FakeCore): Messenger {
  const { data } = core;
  const { people } = data;
  const all = () => [...data.messages.values()].flat();
  const find = (id: string) => all().find((message) => message.id === id);
  const change = (id: string, how: (message: Message) => Partial<Message>): Promise<Result<null>> => {
    const message = find(id);
    if (message === undefined) return refuse('unknownMessage');
    core.putMessage({ ...message, ...how(message) });
    return ok(null);
  };
  const changeConversation = (jid: string, how: Partial<Conversation>) => {
    core.putConversation({ ...core.conversation(jid), ...how });
    return ok(null);
  };
  const me = () => person(data.accounts[0]?.jid ?? '');
  const setGroup = (jid: string, how: Partial<Group>) => {
    const group = people.groups.find((other) => other.jid === jid);
    if (group === undefined) return refuse('unknownGroup');
    const next = { ...group, ...how };
    people.groups = people.groups.map((other) => (other.jid === jid ? next : other));
    core.emit({ kind: 'groupChanged', group: next });
    return ok(null);
  };
  const setMembers = (jid: string, how: (members: GroupMember[]) => GroupMember[]) => {
    people.members.set(jid, how(people.members.get(jid) ?? []));
    core.emit({ kind: 'groupMembersChanged', group: jid });
    return ok(null);
  };
  const settle = (request: GroupRequest) => {
    people.groupRequests = people.groupRequests.filter((other) => other !== request);
    core.emit({ kind: 'groupRequestSettled', group: request.group, from: request.from, request: request.kind });
    return ok(null);
  };
  const setBlocked = (blocked: BareJid[]) => {
    people.blocked = blocked;
    core.emit({ kind: 'blockedChanged', blocked });
    return ok(null);
  };

  return {
    sendMessage: (_account, jid, draft) => {
      const target = draft.replyTo ? find(draft.replyTo) : undefined;
      const excerpt = target?.content.kind === 'text' ? target.content.text : '';
      const message = core.addMessage(jid, 'outgoing', contentOf(draft));
      const whole = {
        ...message,
        replyTo: target === undefined ? null : { id: target.id, sender: target.sender, excerpt },
        mentions: draft.mentions ?? [],
      };
      core.putMessage(whole);
      return ok(message.id);
    },
    editMessage: (_account, id, text, mentions) =>
      change(id, () => ({ content: { kind: 'text', text }, mentions, editedAt: core.now() })),
    recallMessage: (_account, id) =>
      change(id, () => ({ content: { kind: 'recalled' }, delivery: { kind: 'recalled' }, reactions: [] })),
    react: (_account, id, emojis) =>
      change(id, ({ reactions }) => {
        const others = reactions.map((r) => ({ ...r, own: false, by: r.by.filter((who) => who.jid !== me().jid) }));
        const added = emojis.filter((emoji) => !others.some((r) => r.emoji === emoji));
        const list = [...others, ...added.map((emoji) => ({ emoji, by: [], own: false }))].map((reaction) =>
          emojis.includes(reaction.emoji) ? { ...reaction, own: true, by: [...reaction.by, me()] } : reaction,
        );
        return { reactions: list.filter((reaction) => reaction.by.length > 0) };
      }),
    forwardMessages: (_account, ids, to) => {
      for (const jid of to)
        for (const message of ids.map(find))
          if (message !== undefined)
            core.putMessage({
              ...core.addMessage(jid, 'outgoing', message.content),
              forwarded: { from: message.sender.jid ?? message.sender.nickname, sentAt: message.sentAt },
            });
      return ok(null);
    },
    deleteMessages: (_account, ids) => {
      for (const [conversation, list] of data.messages) {
        const gone = list.filter(({ id }) => ids.includes(id)).map(({ id }) => id);
        if (gone.length === 0) continue;
        data.messages.set(
          conversation,
          list.filter(({ id }) => !ids.includes(id)),
        );
        core.emit({ kind: 'messagesRemoved', conversation, messages: gone });
      }
      return ok(null);
    },
    receipts: () => ok(people.receipts),
    cancelTransfer: (_account, id) =>
      change(id, ({ direction, content }) => {
        if (content.kind !== 'file') return {};
        const back: Message['content'] = { ...content, file: { ...content.file, transfer: { kind: 'remote' } } };
        return direction === 'outgoing'
          ? { delivery: { kind: 'failed', why: { kind: 'cancelled' } } }
          : { content: back };
      }),
    download: (_account, id) =>
      change(id, ({ content }) =>
        content.kind === 'file'
          ? { content: { ...content, file: { ...content.file, transfer: { kind: 'local' } } } }
          : {},
      ),
    saveAttachment: () => ok('/home/su/Downloads/file'),
    openAttachment: () => ok(null),
    picture: (_account, id) => {
      const picture = people.pictures.get(id);
      return picture === undefined ? refuse('notHere') : ok(picture);
    },
    playVoice: () => ok(null),
    playRecording: () => ok(null),
    startRecording: () => ok(null),
    finishRecording: () => ok({ path: '/tmp/voice message.ogg', durationMs: 4000, waveform: [20, 80, 50], size: 9000 }),
    cancelRecording: () => ok(null),
    discardFile: () => ok(null),
    pickFiles: () => ok([{ path: '/home/su/plan.pdf', name: 'plan.pdf', size: 480_000, preview: null }]),
    pasteFiles: () => ok([]),
    keepFile: (name) => ok(`/tmp/${name}`),
    messagesAround: (_account, jid, place, limit) => {
      const list = data.messages.get(jid) ?? [];
      const at =
        'message' in place
          ? list.findIndex(({ id }) => id === place.message)
          : list.findIndex(({ sentAt }) => sentAt >= place.date);
      if (at < 0 && 'message' in place) return refuse('unknownMessage');
      const middle = at < 0 ? list.length - 1 : at;
      const [from, to] = [Math.max(0, middle - limit / 2), Math.min(list.length, middle + limit / 2)];
      return ok({ messages: list.slice(from, to), complete: from === 0, atEnd: to === list.length });
    },
    search: (_account, search) => {
      const list = search.conversation === null ? all() : (data.messages.get(search.conversation) ?? []);
      const hits = list.filter((message) => matches(message, search)).sort((a, b) => b.sentAt - a.sentAt);
      return ok(hits.slice(0, search.limit));
    },
    setConversation: (_account, jid, { pinned, archived, mutedUntil }) =>
      changeConversation(jid, {
        ...(typeof pinned === 'boolean' ? { pinned } : {}),
        ...(typeof archived === 'boolean' ? { archived } : {}),
        ...(typeof mutedUntil === 'number' ? { mutedUntil: mutedUntil <= core.now() ? null : mutedUntil } : {}),
      }),
    deleteConversation: (_account, jid) => {
      data.conversations = data.conversations.filter((other) => other.jid !== jid);
      data.messages.delete(jid);
      core.emit({ kind: 'conversationRemoved', jid });
      return ok(null);
    },
    acceptRequest: (_account, jid) => changeConversation(jid, { isRequest: false }),
    signOutEverywhere: (account) => core.commands.signOut(account),
    changePassword: () => ok(null),
    deleteAccount: (account) => core.commands.removeAccount(account),
    groupContact: (_account, jid, groups) => {
      const contact = data.contacts.find((other) => other.jid === jid);
      if (contact === undefined) return refuse('unknownContact');
      const next = { ...contact, groups };
      data.contacts = data.contacts.map((other) => (other.jid === jid ? next : other));
      core.emit({ kind: 'contactChanged', contact: next });
      return ok(null);
    },
    exportConversation: () => ok('/home/su/Documents/Lin Xiaoyu 2026-11-21'),
    backUp: (name) => ok(`/home/su/${name}`),
    pickBackup: () => ok('/home/su/Confab 2026-11-01.confab-backup'),
    restoreBackup: (_path, passphrase) => (passphrase === 'wrong' ? refuse('backupLocked') : ok(null)),
    block: (account, jid) => {
      if (core.conversation(jid).isRequest) void core.messenger.deleteConversation?.(account, jid);
      return setBlocked([...people.blocked.filter((other) => other !== jid), jid]);
    },
    unblock: (_account, jid) => setBlocked(people.blocked.filter((other) => other !== jid)),
    blocked: () => ok(people.blocked),
    profiles: () => ok(people.profiles),
    setProfile: (_account, name) => {
      const jid = me().jid ?? '';
      const before = people.profiles.find((other) => other.jid === jid);
      const profile = { jid, name, avatar: before?.avatar ?? null, updatedAt: core.now() };
      people.profiles = [...people.profiles.filter((other) => other.jid !== jid), profile];
      core.emit({ kind: 'profileChanged', profile });
      return ok(null);
    },
    setAvatar: (_account, picture) => {
      const jid = me().jid ?? '';
      const before = people.profiles.find((other) => other.jid === jid);
      const key = picture === null ? null : core.id('avatar');
      if (key !== null && picture !== null) people.avatars.set(key, `data:image/jpeg;base64,${picture}`);
      const profile = { jid, name: before?.name ?? '', avatar: key, updatedAt: core.now() };
      people.profiles = [...people.profiles.filter((other) => other.jid !== jid), profile];
      core.emit({ kind: 'profileChanged', profile });
      return ok(null);
    },
    avatar: (_account, key) => {
      const picture = people.avatars.get(key);
      return picture === undefined ? refuse('unknownPicture') : ok(picture);
    },
    availability: () => ok(people.availability),
    setAvailability: (_account, availability) => {
      people.availability = availability;
      core.emit({ kind: 'availabilityChanged', availability });
      return ok(null);
    },
    groups: () => ok(people.groups),
    groupRequests: () => ok(people.groupRequests),
    groupMembers: (_account, jid) => ok(people.members.get(jid) ?? []),
    groupInfo: (_account, jid) => {
      const group = people.groups.find((other) => other.jid === jid) ?? people.elsewhere.get(jid);
      return group === undefined ? refuse('serverRefused') : ok(group);
    },
    createGroup: (_account, draft) => {
      const jid = `${core.id('group')}@rooms.example.org`;
      const own: GroupMember = { who: me(), role: 'owner', present: true, own: true };
      const invited = draft.members.map((other): GroupMember => ({
        who: person(other),
        role: 'member',
        present: false,
        own: false,
      }));
      people.members.set(jid, [own, ...invited]);
      const group: Group = {
        jid,
        name: draft.name,
        description: draft.description,
        public: draft.public,
        hasArchive: true,
        showsAddresses: true,
        moderation: true,
        nickname: '',
        role: 'owner',
        state: { kind: 'joined' },
        avatar: null,
        memberCount: invited.length + 1,
      };
      people.groups = [...people.groups, group];
      core.emit({ kind: 'groupChanged', group });
      core.putConversation({ ...core.conversation(jid), kind: 'group', name: draft.name });
      return ok(group);
    },
    joinGroup: (_account, address) => {
      const jid = address.replace(/^xmpp:/iu, '').replace(/\?.*$/u, '');
      const group = people.groups.find((other) => other.jid === jid) ?? people.elsewhere.get(jid);
      if (group === undefined) return refuse('invalidArgument');
      const owner = /;owner=(.+)$/u.exec(address)?.[1];
      const state: Group['state'] = group.public
        ? { kind: 'joined' }
        : owner === undefined
          ? { kind: 'refused', why: 'membersOnly' }
          : { kind: 'applied', to: owner };
      const joined: Group = { ...group, role: group.public ? 'guest' : group.role, state };
      if (state.kind === 'refused') return ok(joined);
      people.groups = [...people.groups.filter((other) => other.jid !== jid), joined];
      core.emit({ kind: 'groupChanged', group: joined });
      core.putConversation({ ...core.conversation(jid), kind: 'group', name: joined.name });
      return ok(joined);
    },
    leaveGroup: (_account, jid) => setGroup(jid, { state: { kind: 'left' } }),
    dissolveGroup: (_account, jid, reason) => setGroup(jid, { state: { kind: 'dissolved', reason } }),
    changeGroup: (_account, jid, change) => {
      const before = people.groups.find((other) => other.jid === jid);
      return setGroup(jid, {
        name: change.name ?? before?.name ?? '',
        description: change.description ?? before?.description ?? '',
        public: change.public ?? before?.public ?? false,
      });
    },
    setGroupPicture: (_account, jid, picture) => {
      const key = picture === null ? null : core.id('avatar');
      if (key !== null && picture !== null) people.avatars.set(key, `data:image/jpeg;base64,${picture}`);
      return setGroup(jid, { avatar: key });
    },
    moderateMessage: (account, message) => core.messenger.recallMessage?.(account, message) ?? refuse('notAvailable'),
    groupLink: (_account, jid) => {
      const closed = people.groups.find((other) => other.jid === jid)?.public === false;
      return ok(`xmpp:${jid}?join${closed ? `;owner=${me().jid ?? ''}` : ''}`);
    },
    inviteToGroup: (_account, jid, invited) =>
      setMembers(jid, (members) => [
        ...members,
        ...invited.map((other): GroupMember => ({ who: person(other), role: 'member', present: false, own: false })),
      ]),
    setGroupRole: (_account, jid, who, role) =>
      setMembers(jid, (members) => members.map((other) => (other.who.jid === who.jid ? { ...other, role } : other))),
    removeFromGroup: (_account, jid, who) =>
      setMembers(jid, (members) => members.filter((other) => other.who.jid !== who.jid)),
    answerGroupRequest: (_account, request) => settle(request),
  };
}
