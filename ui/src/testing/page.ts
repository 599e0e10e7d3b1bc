/**
 * The development page `?fake`: the screens with a core made of data. Parameters: `lang=en|zh-CN|zh-TW`,
 * `theme=light|dark|system`, `show=` one of the names below.
 */
import { person } from './build';
import type { Transport } from '../ipc/transport';
import type { CallSnapshot, Language, QualityReport, Theme } from '../ipc/types';
import type { App } from '../stores/app.svelte';
import { FakeCore } from './fake';
import { paintedFeed } from './painted';
import { LIN, ME, sampleData } from './sample';
import { addMessengerSample, GROUP, STRANGER } from './sample-messenger';

let core: FakeCore | null = null;

export function fakeFromAddress(search: string): Transport {
  const query = new URLSearchParams(search);
  const language = (query.get('lang') ?? 'en') as Language;
  const data = sampleData(language !== 'en', Date.now());
  addMessengerSample(data, language !== 'en', Date.now(), LIN, ME);
  data.settings = { ...data.settings, language, theme: (query.get('theme') ?? 'light') as Theme };
  const show = query.get('show') ?? 'chat';
  if (show.startsWith('sign-in') || show === 'server' || show === 'register') data.accounts = [];
  if (show === 'empty')
    Object.assign(data, { contacts: [], requests: [], conversations: [], records: [], messages: new Map() });
  data.testMedia = query.has('test');
  core = new FakeCore(data);
  // As the shell of today: nothing of the messenger's operations.
  if (query.has('plain')) core.messenger = {};
  // The sample's day goes on until 10:42.
  const late = new Date().setHours(10, 45, 0, 0);
  core.now = () => Math.max(Date.now(), late);
  core.video = paintedFeed();
  return core;
}

/** The page of the small window: `media=audio|video`, `lang`, `theme`. */
export function ringingFromAddress(search: string): Transport {
  const fake = fakeFromAddress(search) as FakeCore;
  const media = new URLSearchParams(search).get('media') === 'audio' ? 'audio' : 'video';
  const local = { muted: false, camera: false, held: false };
  const call = fake.makeCall({ with: 'dana@chat.example.org', direction: 'incoming', media, local });
  fake.data.calls = [call];
  fake.ring = { window: 'incoming', call: call.id, silenced: false };
  return fake;
}

function press(...buttons: string[]): void {
  buttons.forEach((button, step) =>
    setTimeout(() => document.querySelector<HTMLElement>(`[data-testid=${button}]`)?.click(), 350 * (step + 1)),
  );
}

/** A picture from a file, to be cut. */
function chooseAvatar(): void {
  const input = document.querySelector<HTMLInputElement>('[data-testid=avatar-file]');
  const canvas = document.createElement('canvas');
  canvas.width = 900;
  canvas.height = 600;
  const context = canvas.getContext('2d');
  if (input === null || context === null) return;
  const colours = context.createLinearGradient(0, 0, 900, 600);
  ['#f3d9b1', '#8c99b8', '#2f5d62'].forEach((colour, place) => colours.addColorStop(place / 2, colour));
  context.fillStyle = colours;
  context.fillRect(0, 0, 900, 600);
  canvas.toBlob((blob) => {
    if (blob === null) return;
    const files = new DataTransfer();
    files.items.add(new File([blob], 'me.png', { type: 'image/png' }));
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** Presses a button beside a message, which is there while the mouse is. */
function pressBeside(place: number, button: string): void {
  const row = document.querySelectorAll<HTMLElement>('[data-testid=message]')[place];
  row?.dispatchEvent(new PointerEvent('pointermove', { bubbles: true }));
  setTimeout(() => row?.querySelector<HTMLElement>(`[data-testid=${button}]`)?.click(), 50);
}

const quality: QualityReport = {
  level: 'excellent',
  roundTripMs: 48,
  lossOutPermille: 1,
  lossInPermille: 4,
  rateOutKbps: 1810,
  rateInKbps: 2100,
  jitterBufferMs: 62,
  framesPerSecond: 30,
  width: 1280,
  height: 720,
  codecs: ['VP8', 'Opus'],
  path: 'host',
};

export function afterStart(app: App, search: string): void {
  const fake = core;
  if (fake === null) return;
  const show = new URLSearchParams(search).get('show') ?? 'chat';
  const calling = (
    change: Partial<CallSnapshot> & { media?: 'audio' | 'video' },
    state: 'inviting' | 'received' | 'notYetReceived' | 'accepted' = 'accepted',
    camera = false,
  ) =>
    fake.setCall(
      fake.makeCall({
        with: LIN,
        ...change,
        person: { state, media: { muted: false, camera, held: false }, quality },
      }),
    );
  const talking = (media: 'audio' | 'video', ago = 761_000) =>
    calling(
      {
        media,
        startedAt: Date.now() - ago - 7000,
        phase: { kind: 'connected', since: Date.now() - ago },
        timings: { ...emptyTimings, connectedMs: 7000 },
      },
      'accepted',
      media === 'video',
    );
  const levels = (call: CallSnapshot, local: number, remote: number) =>
    setInterval(
      () =>
        fake.emit({
          kind: 'audioLevels',
          call: call.id,
          level: { local: local + Math.random() * 10, remote: remote + Math.random() * 30 },
        }),
      50,
    );
  const screens: Record<string, () => void> = {
    chats: () => undefined,
    'sign-in': () => undefined,
    'sign-in-server': () => press('server-address-toggle'),
    server: () => press('create-account'),
    register: () => press('create-account', 'server-option', 'server-continue'),
    broken: () => void (app.broken = { code: 'storeDamaged', message: '/home/su/.local/share/confab', detail: null }),
    'account-menu': () => press('account-menu'),
    password: () => (app.view.go('settings'), (app.view.settings = 'account'), press('change-password')),
    avatar: () => {
      app.view.go('settings');
      app.view.settings = 'account';
      setTimeout(chooseAvatar, 500);
    },
    block: () => (app.view.go('contacts'), (app.view.contact = LIN), press('block')),
    report: () => ((app.view.folder = 'requests'), (app.view.conversation = STRANGER), press('request-report')),
    restore: () => (app.view.go('settings'), (app.view.settings = 'storage'), press('restore')),
    mute: () => ((app.view.conversation = LIN), press('conversation-menu', 'mute')),
    leave: () => ((app.view.conversation = GROUP), (app.view.groupInfo = GROUP), press('leave')),
    location: () => ((app.view.conversation = LIN), press('attach', 'attach-location')),
    receipts: () => {
      app.view.conversation = GROUP;
      setTimeout(() => pressBeside(3, 'message-menu'), 600);
      setTimeout(() => press('action-info'), 700);
    },
    empty: () => undefined,
    chat: () => {
      app.view.conversation = LIN;
      fake.emit({ kind: 'typing', conversation: LIN, who: person(LIN), state: 'composing' });
    },
    group: () => void (app.view.conversation = GROUP),
    request: () => void ((app.view.folder = 'requests'), (app.view.conversation = STRANGER)),
    'new-group': () => void (app.view.newGroup = true),
    'group-info': () => ((app.view.conversation = GROUP), void (app.view.groupInfo = GROUP)),
    'own-group': () => {
      const group = fake.data.people.groups[0];
      if (group !== undefined) fake.emit({ kind: 'groupChanged', group: { ...group, role: 'owner' } });
      app.view.conversation = GROUP;
      app.view.groupInfo = GROUP;
    },
    'join-group': () => void (app.view.joinGroup = `xmpp:${GROUP}?join;owner=dana@chat.example.org`),
    'removed-group': () => {
      const group = fake.data.people.groups[0];
      const state = { kind: 'removed', by: 'dana@chat.example.org', reason: 'wrong group' } as const;
      if (group !== undefined) fake.emit({ kind: 'groupChanged', group: { ...group, state } });
      app.view.conversation = GROUP;
    },
    archived: () => void (app.view.folder = 'archived'),
    menu: () => {
      app.view.conversation = GROUP;
      setTimeout(() => pressBeside(2, 'message-menu'), 800);
    },
    react: () => {
      app.view.conversation = GROUP;
      setTimeout(() => pressBeside(2, 'react'), 800);
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=more-emoji]')?.click(), 1000);
    },
    'chat-menu': () => {
      app.view.conversation = GROUP;
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=conversation-menu]')?.click(), 500);
    },
    reply: () => {
      app.view.conversation = GROUP;
      setTimeout(() => pressBeside(1, 'reply'), 800);
    },
    mention: () => {
      app.view.conversation = GROUP;
      setTimeout(() => {
        const input = document.querySelector<HTMLTextAreaElement>('[data-testid=composer]');
        if (input === null) return;
        input.value = '@';
        input.dispatchEvent(new Event('input', { bubbles: true }));
      }, 800);
    },
    select: () => {
      app.view.conversation = GROUP;
      setTimeout(() => pressBeside(2, 'message-menu'), 800);
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=action-select]')?.click(), 1000);
    },
    forward: () => {
      app.view.conversation = GROUP;
      setTimeout(() => pressBeside(2, 'message-menu'), 800);
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=action-forward]')?.click(), 1000);
    },
    find: () => {
      app.view.conversation = LIN;
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=search-in-chat]')?.click(), 500);
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=filter-files]')?.click(), 800);
    },
    viewer: () => {
      app.view.conversation = LIN;
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=picture] .face')?.click(), 900);
    },
    attach: () => {
      app.view.conversation = LIN;
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=attach]')?.click(), 500);
    },
    recorded: () => {
      app.view.conversation = LIN;
      setTimeout(() => void app.recorder.start(LIN).then(() => app.recorder.keep()), 500);
    },
    media: () => {
      app.view.conversation = LIN;
      setTimeout(() => (app.view.target = 'rich-3'), 500);
    },
    unread: () => void (app.view.conversation = 'wangnan@example.cn'),
    contacts: () => app.view.go('contacts'),
    profile: () => (app.view.go('contacts'), (app.view.contact = LIN)),
    calls: () => app.view.go('calls'),
    record: () => (app.view.go('calls'), (app.view.record = app.calls.records[0]?.id ?? null)),
    missed: () => (app.view.go('calls'), (app.view.record = app.calls.records[1]?.id ?? null)),
    settings: () => app.view.go('settings'),
    devices: () => (app.view.go('settings'), (app.view.settings = 'devices')),
    appearance: () => (app.view.go('settings'), (app.view.settings = 'appearance')),
    account: () => (app.view.go('settings'), (app.view.settings = 'account')),
    notifications: () => (app.view.go('settings'), (app.view.settings = 'notifications')),
    storage: () => (app.view.go('settings'), (app.view.settings = 'storage')),
    export: () => ((app.view.conversation = LIN), void (app.view.exporting = LIN)),
    backup: () => {
      app.view.go('settings');
      app.view.settings = 'storage';
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=back-up]')?.click(), 800);
    },
    'delete-account': () => {
      app.view.go('settings');
      app.view.settings = 'account';
      setTimeout(() => document.querySelector<HTMLElement>('[data-testid=delete-account]')?.click(), 800);
    },
    'call-settings': () => (app.view.go('settings'), (app.view.settings = 'calls')),
    shortcuts: () => (app.view.go('settings'), (app.view.settings = 'shortcuts')),
    about: () => (app.view.go('settings'), (app.view.settings = 'about')),
    sent: () => void calling({ media: 'video' }, 'inviting'),
    ringing: () => void calling({ startedAt: Date.now() - 8000 }, 'received'),
    offline: () => void calling({ startedAt: Date.now() - 7000 }, 'notYetReceived'),
    incoming: () => {
      app.view.conversation = LIN;
      fake.setCall(
        fake.makeCall({
          with: 'dana@chat.example.org',
          direction: 'incoming',
          media: 'video',
          local: { muted: false, camera: false, held: false },
        }),
      );
    },
    waiting: () => {
      talking('video');
      fake.setCall(
        fake.makeCall({
          with: 'zhouyt@example.cn',
          direction: 'incoming',
          waiting: true,
          startedAt: Date.now() - 4000,
        }),
      );
    },
    audio: () => void levels(talking('audio'), 40, 60),
    video: () => void talking('video'),
    muted: () => {
      const call = talking('video');
      fake.setCall({ ...call, local: { ...call.local, muted: true } });
      levels(call, 70, 10);
    },
    small: () => {
      talking('video');
      app.view.conversation = 'wangnan@example.cn';
      setTimeout(() => (app.view.call = 'small'), 50);
    },
    'small-audio': () => {
      talking('audio');
      app.view.conversation = LIN;
      setTimeout(() => (app.view.call = 'small'), 50);
    },
    reconnecting: () => {
      const call = talking('video');
      setTimeout(() => fake.setPhase(call.id, { kind: 'reconnecting', since: Date.now() }), 300);
    },
    ended: () =>
      void fake.setPhase(talking('video').id, { kind: 'ended', reason: { kind: 'completed', durationS: 761 } }),
    rejected: () =>
      void fake.setPhase(calling({}, 'received').id, {
        kind: 'ended',
        reason: { kind: 'rejected', text: 'In a meeting, please write' },
      }),
    'add-contact': () => (app.view.go('contacts'), (app.view.addContact = { jid: '' })),
    'new-chat': () => void (app.view.newChat = true),
    waitingnet: () =>
      fake.emit({
        kind: 'accountChanged',
        account: {
          ...(fake.data.accounts[0] as NonNullable<(typeof fake.data.accounts)[0]>),
          connection: {
            kind: 'waiting',
            retryAt: Date.now() + 12_000,
            why: { kind: 'unreachable', detail: 'no route' },
          },
        },
      }),
    failed: () =>
      fake.emit({
        kind: 'accountChanged',
        account: {
          ...(fake.data.accounts[0] as NonNullable<(typeof fake.data.accounts)[0]>),
          connection: { kind: 'failed', why: { kind: 'wrongPassword' } },
        },
      }),
  };
  // For `cargo xtask screens`.
  document.documentElement.dataset['screens'] = Object.keys(screens).join(' ');
  screens[show]?.();
}

const emptyTimings = {
  receivedMs: null,
  acceptedMs: null,
  describedMs: null,
  iceMs: null,
  connectedMs: null,
  firstAudioMs: null,
  firstVideoMs: null,
};
