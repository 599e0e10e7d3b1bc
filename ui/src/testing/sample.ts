/** People, chats and calls to look at screens with. The names are those of the drawings. */
import { buildConversation, buildMessage, person, previewOf } from './build';
import type { CallRecord, Contact, DeliveryState, EndReason, PresenceShow } from '../ipc/types';
import { account, emptyData, FakeCore, noTimings, type FakeData } from './fake';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
export const ME = 'suke@chat.example.org';
export const LIN = 'linxiao@chat.example.org';

type Two = readonly [en: string, zh: string];
const people: readonly [jid: string, name: Two, presence: PresenceShow, status: Two][] = [
  [LIN, ['Lin Xiao', '林晓'], 'online', ['In a meeting until 11', '开会到 11 点']],
  ['dana@chat.example.org', ['Dana Whitfield', 'Dana Whitfield'], 'offline', ['', '']],
  ['mateo.ruiz@example.net', ['Mateo Ruiz', 'Mateo Ruiz'], 'away', ['', '']],
  ['zhouyt@example.cn', ['Zhou Yutong', '周雨桐'], 'online', ['', '']],
  ['chensy@chat.example.org', ['Chen Siyuan', '陈思远'], 'offline', ['', '']],
  ['priya@example.net', ['Priya Nair', 'Priya Nair'], 'doNotDisturb', ['', '']],
  ['jonas@example.se', ['Jonas Berg', 'Jonas Berg'], 'offline', ['', '']],
  ['wangnan@example.cn', ['Wang Nan', '王楠'], 'online', ['Available', '有空']],
  ['mama@example.cn', ['Mum', '妈妈'], 'offline', ['', '']],
  ['zhangsan@example.cn', ['Zhang San', '张三'], 'offline', ['', '']],
];

export function sampleData(chinese: boolean, now: number): FakeData {
  const data = emptyData();
  const say = ([en, zh]: Two) => (chinese ? zh : en);
  const today = new Date(now);
  const at = (hour: number, minute: number, days = 0) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate(), hour, minute).getTime() - days * DAY;
  let ids = 0;

  data.accounts = [account(1, ME, say(['Su Ke', '苏可']))];
  data.contacts = people.map(([jid, name, presence, status]): Contact => ({
    jid,
    name: say(name),
    subscription: 'both',
    requested: false,
    groups: [],
    presence,
    status: say(status),
  }));
  data.contacts.push({
    jid: 'xuan@example.cn',
    name: say(['Xu Anning', '许安宁']),
    subscription: 'none',
    requested: true,
    groups: [],
    presence: 'offline',
    status: '',
  });
  data.requests = [
    {
      from: 'sofia@example.se',
      nickname: 'Sofia Lind',
      reason: say([
        'Hi, we met at the hiking day. I have the photos for you.',
        '你好，我们在徒步活动上见过，照片我整理好了想发给你。',
      ]),
      receivedAt: at(8, 20),
    },
  ];

  const record = (
    jid: string,
    direction: 'incoming' | 'outgoing',
    media: 'audio' | 'video',
    startedAt: number,
    reason: EndReason,
    lastsS: number,
  ): CallRecord => {
    const answered = reason.kind === 'completed';
    return {
      id: `record-${++ids}`,
      direction,
      media,
      people: [[jid, answered ? 'quit' : 'timeout']],
      startedAt,
      answeredAt: answered ? startedAt + 6820 : null,
      endedAt: startedAt + (answered ? 6820 : 0) + lastsS * 1000,
      reason,
      answeredBy: null,
      timings: answered
        ? {
            receivedMs: direction === 'outgoing' ? 420 : null,
            acceptedMs: 6820,
            describedMs: 6910,
            iceMs: 8710,
            connectedMs: 8830,
            firstAudioMs: 8950,
            firstVideoMs: media === 'video' ? 9130 : null,
          }
        : noTimings,
    };
  };
  data.records = [
    record(LIN, 'outgoing', 'video', at(10, 40), { kind: 'completed', durationS: 252 }, 252),
    record('zhouyt@example.cn', 'incoming', 'video', at(9, 57), { kind: 'timeout' }, 60),
    record(LIN, 'incoming', 'audio', at(9, 12), { kind: 'cancelled' }, 40),
    record('dana@chat.example.org', 'incoming', 'audio', at(13, 26, 1), { kind: 'answeredElsewhere' }, 12),
    record('mateo.ruiz@example.net', 'outgoing', 'audio', at(11, 8, 1), { kind: 'timeout' }, 60),
    record('priya@example.net', 'outgoing', 'video', at(18, 44, 2), { kind: 'busy', text: null }, 3),
    record('mama@example.cn', 'incoming', 'video', at(12, 2, 2), { kind: 'completed', durationS: 1860 }, 1860),
  ];

  const put = (
    jid: string,
    out: boolean,
    sentAt: number,
    content: Two | CallRecord | 'encrypted',
    delivery: DeliveryState = { kind: out ? 'read' : 'delivered' },
  ) => {
    const message = buildMessage(`sample-${++ids}`, jid, sentAt, {
      sender: person(out ? ME : jid),
      direction: out ? 'outgoing' : 'incoming',
      content:
        content === 'encrypted'
          ? { kind: 'encrypted', method: 'OMEMO' }
          : 'timings' in content
            ? { kind: 'call', call: content.id, record: content }
            : { kind: 'text', text: say(content) },
      delivery,
    });
    data.messages.set(jid, [...(data.messages.get(jid) ?? []), message]);
    return message;
  };
  const finish = (jid: string, unread = 0, draft: Two = ['', '']) => {
    const list = data.messages.get(jid) ?? [];
    const last = list.at(-1) ?? null;
    const firstUnread = unread > 0 ? (list.at(-unread)?.id ?? null) : null;
    const change = { last: last && previewOf(last), unread, firstUnread, messageCount: list.length, draft: say(draft) };
    data.conversations.push(buildConversation(jid, last?.sentAt ?? now, change));
  };

  for (let i = 400; i > 0; i--)
    put(LIN, i % 3 === 0, at(12, 0, 4) - i * 11 * MINUTE, [
      `Note ${401 - i}: ${'the plan for the week, with a few more words '.repeat(1 + (i % 4))}`,
      `第 ${401 - i} 条：${'这周的安排，再多写几个字看看换行。'.repeat(1 + (i % 4))}`,
    ]);
  put(LIN, false, at(18, 4, 1), [
    'The venue confirmed. We have the big room from nine.',
    '场地定了，大会议室九点开始可以用。',
  ]);
  put(LIN, false, at(18, 5, 1), [
    'Can you bring the adapter for the projector? Mine is with Priya.',
    '投影仪的转接头你带一下可以吗？我的在 Priya 那里。',
  ]);
  put(LIN, true, at(18, 11, 1), ['Sure', '可以']);
  put(LIN, true, at(18, 12, 1), [
    'I also printed the agenda, twenty copies. If more people come we can share. https://chat.example.org/agenda',
    '议程我也打印好了，一共二十份。人多的话两个人看一份就行。https://chat.example.org/agenda',
  ]);
  put(LIN, false, at(18, 20, 1), 'encrypted');
  put(LIN, false, at(9, 12), data.records[2] ?? 'encrypted');
  put(LIN, false, at(10, 36), [
    'Perfect. Twenty is enough, three people join by video.',
    '太好了，二十份够了，有三个人视频参加。',
  ]);
  put(LIN, false, at(10, 37), [
    'Sending the floor plan and a short note about the seats.',
    '我把平面图发给你，再说明一下座位怎么安排。',
  ]);
  put(LIN, true, at(10, 40), data.records[0] ?? 'encrypted');
  put(LIN, true, at(10, 41), ['On my way, ten minutes.', '我在路上，十分钟到。'], {
    kind: 'failed',
    why: { kind: 'serverUnreachable', domain: 'chat.example.org' },
  });
  put(LIN, true, at(10, 42), ['Are you there?', '你在吗？'], { kind: 'queued' });
  finish(LIN);
  put('mateo.ruiz@example.net', false, at(10, 21), ['Do you have the numbers?', '数据有了吗？']);
  finish('mateo.ruiz@example.net', 0, ['I can send the numbers after lunch', '下午我把数据整理好再发给你']);
  put('zhouyt@example.cn', false, at(9, 57), data.records[1] ?? 'encrypted');
  finish('zhouyt@example.cn', 1);
  for (let i = 0; i < 30; i++)
    put('wangnan@example.cn', false, at(9, 10 + i), [
      `Trail is open again from Saturday (${i + 1})`,
      `周六起步道重新开放，集合时间不变（${i + 1}）`,
    ]);
  finish('wangnan@example.cn', 12);
  put('priya@example.net', true, at(16, 2, 2), ['Sounds good, talk to you then', '好的，到时候聊']);
  finish('priya@example.net');
  put(
    'chensy@chat.example.org',
    true,
    at(11, 30, 2),
    ['The contract is in the shared folder', '合同已经放进共享文件夹了'],
    { kind: 'delivered' },
  );
  finish('chensy@chat.example.org');
  put('jonas@example.se', true, at(9, 5, 3), ['Are you coming by train or by car?', '你坐火车来还是开车来？'], {
    kind: 'failed',
    why: { kind: 'other', detail: '' },
  });
  finish('jonas@example.se');
  put('mama@example.cn', true, at(20, 0, 9), ['Good night!', '晚安！'], { kind: 'sent' });
  finish('mama@example.cn');

  data.devices = {
    devices: [
      { id: 'mic-1', kind: 'microphone', name: 'Headset Evolve2 65', isDefault: true, isTest: false },
      {
        id: 'mic-2',
        kind: 'microphone',
        name: say(['Built-in microphone', '内置麦克风']),
        isDefault: false,
        isTest: false,
      },
      { id: 'out-1', kind: 'speaker', name: 'Headset Evolve2 65', isDefault: true, isTest: false },
      { id: 'out-2', kind: 'speaker', name: say(['Built-in speakers', '内置扬声器']), isDefault: false, isTest: false },
      { id: 'cam-1', kind: 'camera', name: 'FaceCam 1080', isDefault: true, isTest: false },
    ],
    selection: { microphone: null, speaker: null, camera: null },
  };
  data.form = {
    domain: 'chat.example.org',
    title: '',
    instructions: '',
    webPage: null,
    fields: [
      {
        name: 'FORM_TYPE',
        label: '',
        help: '',
        kind: 'hidden',
        required: false,
        values: ['jabber:iq:register'],
        options: [],
        picture: null,
      },
      {
        name: 'username',
        label: 'Username',
        help: '',
        kind: 'text',
        required: true,
        values: [],
        options: [],
        picture: null,
      },
      {
        name: 'password',
        label: 'Password',
        help: '',
        kind: 'password',
        required: true,
        values: [],
        options: [],
        picture: null,
      },
      {
        name: 'ocr',
        label: 'Enter the text you see',
        help: '',
        kind: 'text',
        required: true,
        values: [],
        options: [],
        picture: CAPTCHA,
      },
      {
        name: 'region',
        label: 'Region',
        help: '',
        kind: 'choice',
        required: false,
        values: ['eu'],
        options: [
          ['eu', 'Europe'],
          ['as', 'Asia'],
        ],
        picture: null,
      },
      {
        name: 'rules',
        label: 'I accept the rules',
        help: '',
        kind: 'boolean',
        required: true,
        values: ['false'],
        options: [],
        picture: null,
      },
    ],
  };
  return data;
}

const CAPTCHA =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="48" viewBox="0 0 112 32"><g fill="none" stroke="#3d4a63" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"><path d="M10 24l6-17 7 16M12 18h9"/><path d="M36 9c-9-4-13 12-4 14 3 1 5-1 6-3l-4-1"/><path d="M48 23l2-15 10 14 1-15"/><path d="M72 10c6-6 12 1 6 6 8 1 4 10-4 7"/><path d="M92 8l2 15M103 7L93 15l10 8"/></g></svg>',
  );

/** A core with the English sample. */
export const sampleCore = () => new FakeCore(sampleData(false, Date.now()));

/** A video call that somebody of the sample places; `core.setCall` lets it ring. */
export const callFromLin = (core: FakeCore, change: Partial<Parameters<FakeCore['makeCall']>[0]> = {}) =>
  core.makeCall({
    with: LIN,
    direction: 'incoming',
    media: 'video',
    local: { muted: false, camera: false, held: false },
    ...change,
  });
