/** Messages of every kind, groups, folders and requests to look at screens with; after the drawings. */
import { buildConversation, buildMessage, person, previewOf } from './build';
import type { FakeData } from './fake';
import type { GroupMember } from '../ipc/messenger';
import type { Attachment, GroupRole, Message, MessageContent, Sender } from '../ipc/types';

const MINUTE = 60_000;
export const GROUP = 'release@rooms.chat.example.org';
export const STRANGER = 'sofia@example.se';
const MOUNTAINS =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 400"><rect width="640" height="400" fill="#efd9c0"/><rect width="640" height="120" fill="#cdbcbf"/><rect y="60" width="640" height="70" fill="#e3c6b8"/><circle cx="460" cy="120" r="34" fill="#f7ead3"/><path d="M0 190L90 120l80 60L240 90l110 110 90-70 200 120v60H0z" fill="#8f98ad"/><path d="M240 90l38 38-26 8-20-6-24 10z" fill="#eef0f4"/><path d="M0 240l130-30 160 40 140-50 210 60v60H0z" fill="#5d7078"/><path d="M0 280l320-22 320 30v40H0z" fill="#3f5357"/><rect y="300" width="640" height="100" fill="#a9b8be"/><path d="M0 400v-42c80-22 180 10 300 42z" fill="#2f4144"/></svg>',
  );
const BLURRED =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 10"><rect width="16" height="10" fill="#d9c9bc"/><rect y="4" width="16" height="3" fill="#7d8896"/><rect y="7" width="16" height="3" fill="#8fa0a6"/></svg>',
  );

export function addMessengerSample(data: FakeData, chinese: boolean, now: number, lin: string, me: string): void {
  const say = (en: string, zh: string) => (chinese ? zh : en);
  const day = new Date(now);
  const at = (hour: number, minute: number) =>
    new Date(day.getFullYear(), day.getMonth(), day.getDate(), hour, minute).getTime();
  let ids = 0;

  const put = (jid: string, sender: Sender, sentAt: number, content: MessageContent, change: Partial<Message> = {}) => {
    const own = sender.jid === me;
    const message = buildMessage(`rich-${++ids}`, jid, sentAt, {
      sender,
      direction: own ? 'outgoing' : 'incoming',
      delivery: { kind: own ? 'read' : 'delivered' },
      content,
      ...change,
    });
    data.messages.set(
      jid,
      [...(data.messages.get(jid) ?? []), message].sort((a, b) => a.sentAt - b.sentAt),
    );
    return message;
  };
  const text = (words: string): MessageContent => ({ kind: 'text', text: words });
  const file = (attachment: Partial<Attachment>, caption = ''): MessageContent => ({
    kind: 'file',
    caption,
    file: {
      kind: { kind: 'file' },
      name: 'file',
      mediaType: 'application/octet-stream',
      size: 4_200_000,
      thumbnail: null,
      transfer: { kind: 'local' },
      ...attachment,
    },
  });
  const [su, other] = [person(me), person(lin)];

  const agenda = data.messages.get(lin)?.find((message) => JSON.stringify(message.content).includes('/agenda'));
  if (agenda !== undefined) {
    const rich: Message = {
      ...agenda,
      editedAt: agenda.sentAt + MINUTE,
      reactions: [
        { emoji: '👍', by: [other, su], own: true },
        { emoji: '🎉', by: [other], own: false },
      ],
    };
    const list = data.messages.get(lin) ?? [];
    data.messages.set(
      lin,
      list.map((message) => (message.id === agenda.id ? rich : message)),
    );
    put(lin, other, at(10, 36) + 1000, text(say('Perfect. *Twenty* is enough.', '太好了，*二十份* 够了。')), {
      replyTo: {
        id: agenda.id,
        sender: su,
        excerpt: say('I also printed the agenda, twenty copies.', '议程我也打印好了，一共二十份。'),
      },
    });
  }
  put(lin, other, at(9, 14), { kind: 'recalled' }, { delivery: { kind: 'recalled' } });
  const photo = put(
    lin,
    other,
    at(10, 38),
    file({
      kind: { kind: 'image', width: 1600, height: 1000 },
      name: 'lake.jpg',
      mediaType: 'image/jpeg',
      thumbnail: BLURRED,
    }),
  );
  data.people.pictures.set(photo.id, MOUNTAINS);
  put(
    lin,
    other,
    at(10, 38) + 1000,
    file(
      {
        kind: { kind: 'image', width: 800, height: 1200 },
        name: 'poster.png',
        thumbnail: BLURRED,
        transfer: { kind: 'remote' },
      },
      say('The poster, for the door', '门口的海报'),
    ),
  );
  put(
    lin,
    other,
    at(10, 39),
    file({
      kind: {
        kind: 'voice',
        durationMs: 23_000,
        waveform: Array.from({ length: 64 }, (_, i) =>
          Math.round(15 + 80 * Math.abs(Math.sin(i * 1.7) * Math.sin(i / 9))),
        ),
      },
      name: 'voice.ogg',
      size: 64_000,
    }),
  );
  put(lin, other, at(10, 39) + 1000, {
    kind: 'location',
    location: {
      latitude: 53.5436,
      longitude: 9.988,
      address: say('Harbour Hall, Room 3, 18 Quay Street', '海港会馆 3 号厅，码头街 18 号'),
    },
  });
  put(
    lin,
    su,
    at(10, 40) - 1000,
    file({
      name: say('agenda-and-seating.pdf', '会议议程与座位安排.pdf'),
      transfer: { kind: 'uploading', percent: 62 },
    }),
    { delivery: { kind: 'uploading', percent: 62 } },
  );
  put(lin, su, at(10, 40) + 2000, text('🎉'), {});
  put(
    lin,
    other,
    at(10, 40) + 4000,
    text(
      say(
        'Steps:\n```\nsudo apt install confab\nconfab --version\n```\n> does it need a restart?\n_No_, and ~reboot~ `systemctl` is enough.',
        '步骤：\n```\nsudo apt install confab\nconfab --version\n```\n> 要重启吗？\n_不用_ ，~重启~ `systemctl` 就行。',
      ),
    ),
    { forwarded: { from: 'Dana Whitfield', sentAt: null } },
  );

  const dana = person('dana@chat.example.org');
  const chen = person('chensy@chat.example.org');
  const mateo = person('mateo.ruiz@example.net');
  const priya = person('priya@example.net');
  const guest: Sender = { jid: null, nickname: 'night owl', occupant: 'o-1' };
  put(GROUP, priya, at(10, 2), { kind: 'notice', notice: { kind: 'joined', who: person('jonas@example.se') } });
  put(
    GROUP,
    dana,
    at(10, 12),
    text(
      say(
        'Build 2.4.0 is on the test channel. Please try calls between two networks.',
        '2.4.0 已经发到测试通道，请大家试一下跨网络的通话。',
      ),
    ),
  );
  const problem = put(
    GROUP,
    dana,
    at(10, 12) + 30_000,
    text(say('Known problem: the tray icon is missing on one desktop.', '已知问题：有一个桌面环境下看不到托盘图标。')),
    {
      reactions: [
        { emoji: '👀', by: [su, chen, mateo], own: true },
        { emoji: '👍', by: [priya, guest], own: false },
      ],
    },
  );
  put(
    GROUP,
    chen,
    at(10, 20),
    text(
      say(
        'I have a fix, it needs a second pair of eyes. @Priya Nair after lunch?',
        '我这边修好了，还需要一个人看一下。@Priya Nair 午饭后可以吗？',
      ),
    ),
    {
      mentions: [
        chinese
          ? { of: { kind: 'person', jid: 'priya@example.net' }, begin: 17, end: 28 }
          : { of: { kind: 'person', jid: 'priya@example.net' }, begin: 46, end: 57 },
      ],
      replyTo: {
        id: problem.id,
        sender: dana,
        excerpt: say(
          'Known problem: the tray icon is missing on one desktop.',
          '已知问题：有一个桌面环境下看不到托盘图标。',
        ),
      },
    },
  );
  put(
    GROUP,
    su,
    at(10, 26),
    text(
      say('Windows to Linux is fine here, 1.1 s to the first picture.', '我这边 Windows 打 Linux 正常，1.1 秒出画面。'),
    ),
  );
  put(GROUP, guest, at(10, 30), file({ name: 'trace.zip', size: 12_400_000, transfer: { kind: 'remote' } }));
  const mention = put(
    GROUP,
    mateo,
    at(10, 38),
    text(
      say(
        '@Su Ke can you check the macOS build? The camera menu is empty for me until I plug the headset in again.',
        '@苏可 能看一下 macOS 的构建吗？我这里要重新插拔耳机，摄像头菜单才会出现内容。',
      ),
    ),
    { mentions: [{ of: { kind: 'person', jid: me }, begin: 0, end: chinese ? 3 : 6 }], mentionsMe: true },
  );
  const groupList = data.messages.get(GROUP) ?? [];
  data.conversations.push(
    buildConversation(GROUP, mention.sentAt, {
      kind: 'group',
      name: say('Release 2.4', '2.4 发布组'),
      last: previewOf(mention),
      unread: 1,
      mentions: 1,
      firstUnread: mention.id,
      messageCount: groupList.length,
      pinned: true,
    }),
  );
  const member = (who: Sender, role: GroupRole, present: boolean): GroupMember => ({
    who,
    role,
    present,
    own: who.jid === me,
  });
  data.people.members.set(GROUP, [
    member(dana, 'owner', true),
    member(su, 'admin', true),
    member(chen, 'member', true),
    member(mateo, 'member', true),
    member(priya, 'member', false),
    member(person('jonas@example.se'), 'member', false),
    member(guest, 'guest', true),
  ]);
  data.people.groups = [
    {
      jid: GROUP,
      name: say('Release 2.4', '2.4 发布组'),
      description: say('Builds, test plans and what blocks the release.', '构建、测试计划，以及阻碍发布的问题。'),
      public: false,
      hasArchive: true,
      showsAddresses: true,
      moderation: true,
      nickname: say('Su Ke', '苏可'),
      role: 'admin',
      state: { kind: 'joined' },
      avatar: null,
      memberCount: 9,
    },
  ];
  data.people.receipts = [
    { by: dana, deliveredAt: at(10, 26), readAt: at(10, 27) },
    { by: chen, deliveredAt: at(10, 26), readAt: at(10, 31) },
    { by: guest, deliveredAt: at(10, 28), readAt: null },
  ];
  data.people.groupRequests = [
    {
      group: GROUP,
      kind: 'application',
      from: 'wangnan@example.cn',
      name: say('Release 2.4', '2.4 发布组'),
      text: say('I test the Linux builds, Dana told me to ask.', '我负责测试 Linux 版本，Dana 让我申请。'),
      receivedAt: at(9, 40),
    },
    {
      group: 'hikers@rooms.example.cn',
      kind: 'invitation',
      from: 'wangnan@example.cn',
      name: say('Weekend hikers', '周末徒步'),
      text: say('Saturday at eight, the north gate.', '周六八点，北门集合。'),
      receivedAt: at(9, 20),
    },
  ];

  const stranger = put(
    STRANGER,
    person(STRANGER),
    at(8, 21),
    text(
      say('Hi, we met at the hiking day. I have the photos for you.', '你好，我们在徒步活动上见过，照片我整理好了。'),
    ),
  );
  data.conversations.push(
    buildConversation(STRANGER, stranger.sentAt, {
      last: previewOf(stranger),
      unread: 1,
      firstUnread: stranger.id,
      messageCount: 1,
      isRequest: true,
    }),
  );
  data.conversations = data.conversations.map((conversation) => {
    const last = data.messages.get(conversation.jid)?.at(-1);
    const change: Partial<typeof conversation> =
      conversation.jid === 'wangnan@example.cn'
        ? { mutedUntil: now + 86_400_000 }
        : conversation.jid === 'jonas@example.se'
          ? { archived: true }
          : conversation.jid === lin
            ? { pinned: true, last: last === undefined ? null : previewOf(last) }
            : {};
    return { ...conversation, ...change };
  });
}
