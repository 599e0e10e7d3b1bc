/**
 * The page of `cargo xtask bench scroll`: opens a conversation of `history.json` (messages of the core, oldest first) and
 * scrolls through it as people do, with the time of each frame noted. Not part of the product. Sends what it measured
 * with POST to `/result`.
 */
import { mount, tick } from 'svelte';
import App from '../App.svelte';
import '../styles/base.css';
import '../styles/controls.css';
import type { Message } from '../ipc/types';
import { App as Core } from '../stores/app.svelte';
import { buildConversation, buildMessage, previewOf } from './build';
import { account, emptyData, FakeCore } from './fake';

/** Conversations in the list beside. */
const OTHERS = 2000;
/** A catch-up: messages in each frame of a 60th of a second, and in how many conversations they are. */
const CAUGHT_UP = 70;
const CAUGHT_UP_IN = 20;
/** What the way through the shell takes before an answer is there; measured with the agent. */
const ANSWER_MS = 6;

interface Measured {
  name: string;
  frames: number;
  p50: number;
  p95: number;
  longest: number;
  /** Frames over 50 ms. */
  over: number;
  /** Pixels that were scrolled, of those that were asked for. */
  moved: number;
}

/** As through the shell's bridge: later, and as a copy out of JSON. */
const bridged = <T>(answer: () => Promise<T>): Promise<T> =>
  new Promise((resolve) => setTimeout(() => void answer().then((value) => resolve(copied(value))), ANSWER_MS));
const copied = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function started(messages: Message[]) {
  const data = emptyData();
  const jid = messages[0]?.conversation ?? 'nobody@example.org';
  const last = messages.at(-1);
  data.accounts = [account(1, 'me@example.org', 'Me')];
  data.conversations = [
    buildConversation(jid, last?.sentAt ?? 0, {
      last: last === undefined ? null : previewOf(last),
      messageCount: messages.length,
    }),
  ];
  for (let n = 0; n < OTHERS; n++) {
    const other = `other${n}@example.org`;
    const said = buildMessage(`other-${n}`, other, 1_700_000_000_000 + n * 60_000);
    data.conversations.push(buildConversation(other, said.sentAt, { last: previewOf(said), messageCount: 100 }));
  }
  data.messages.set(jid, messages);
  const fake = new FakeCore(data);
  const { messages: page, ...commands } = fake.commands;
  const around = fake.messenger.messagesAround?.bind(fake.messenger);
  const bench = new Core({
    ...fake,
    listen: (handler) => fake.listen(handler),
    followRings: (handler) => fake.followRings(handler),
    followFiles: (handler) => fake.followFiles(handler),
    followNotices: (handler) => fake.followNotices(handler),
    followLinks: (handler) => fake.followLinks(handler),
    commands: { ...fake.commands, ...commands, messages: (...args) => bridged(() => page(...args)) },
    messenger: around === undefined ? {} : { messagesAround: (...args) => bridged(() => around(...args)) },
  });
  const target = document.getElementById('app');
  if (target === null) throw new Error('bench.html has no #app');
  mount(App, { target, props: { app: bench } });
  await bench.start();
  bench.view.conversation = jid;
  for (let tries = 0; tries < 200 && list() === null; tries++) await pause(20);
  await pause(500);
  return { bench, fake, jid };
}

const list = () => document.querySelector<HTMLElement>('[data-testid=messages]');

/** Runs `step` before each frame for some time, and notes how far apart frames are. */
async function measure(name: string, seconds: number, step: (list: HTMLElement, n: number) => number) {
  const only = new URLSearchParams(location.search).get('only');
  if (only !== null && !name.startsWith(only))
    return { name, frames: 0, p50: 0, p95: 0, longest: 0, over: 0, moved: 0 };
  const times: number[] = [];
  let moved = 0;
  await nextFrame();
  let last = await nextFrame();
  const end = last + seconds * 1000;
  for (let n = 0; last < end; n++) {
    const viewport = list();
    if (viewport === null) throw new Error('the conversation is gone');
    moved += step(viewport, n);
    const now = await nextFrame();
    times.push(now - last);
    last = now;
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.round(part * (times.length - 1))] ?? 0;
  const over = times.filter((time) => time > 50).length;
  return { name, frames: times.length, p50: at(0.5), p95: at(0.95), longest: at(1), over, moved } satisfies Measured;
}

/** Scrolls by so many pixels; how many it were. */
function by(viewport: HTMLElement, pixels: number): number {
  const before = viewport.scrollTop;
  viewport.scrollTop = before + pixels;
  return Math.abs(viewport.scrollTop - before);
}

async function run() {
  const query = new URLSearchParams(location.search);
  const seconds = Number(query.get('seconds') ?? '10');
  const messages = (await (await fetch('/history.json')).json()) as Message[];
  const { bench, fake, jid } = await started(messages);
  const measured: Measured[] = [];
  // Without anything to do: what the machine and the browser cost by themselves.
  measured.push(await measure('still', 3, () => 0));
  measured.push(await measure('wheel, up', seconds, (viewport) => by(viewport, -40)));
  measured.push(await measure('wheel, down', seconds / 2, (viewport) => by(viewport, 40)));
  measured.push(await measure('fast, up', seconds, (viewport) => by(viewport, -400)));
  measured.push(await measure('fast, down', seconds / 2, (viewport) => by(viewport, 400)));
  // The thumb of the scroll bar: somewhere else in what is loaded, eight times a second.
  let random = 7;
  const anywhere = (viewport: HTMLElement, n: number) => {
    if (n % 8 !== 0) return 0;
    random = (random * 1103515245 + 12345) % 2147483648;
    return by(viewport, (random / 2147483648 - 0.5) * viewport.scrollHeight);
  };
  measured.push(await measure('thumb', seconds, anywhere));
  // To a message far away, twice a second.
  const jump = (_: HTMLElement, n: number) => {
    if (n % 30 === 0) bench.view.target = messages[(n * 7919) % messages.length]?.id ?? null;
    return 0;
  };
  measured.push(await measure('jumps', seconds, jump));
  await bench.loadNewest(jid);
  await tick();
  const viewport = list();
  if (viewport !== null) viewport.scrollTop = viewport.scrollHeight;
  await pause(300);
  const arriving = (_: HTMLElement, n: number) => {
    if (n % 6 === 0) fake.addMessage(jid, 'incoming', `message ${n}: 会议改到明天下午了`);
    return 0;
  };
  measured.push(await measure('ten messages a second', seconds, arriving));
  // What a catch-up of more than 4,000 messages a second tells the window, one page of the archive after the other.
  let number = 0;
  const catchUp = () => {
    const now = Date.now();
    for (let n = 0; n < CAUGHT_UP; n++) {
      const from = `other${number++ % CAUGHT_UP_IN}@example.org`;
      fake.emit({ kind: 'messageAdded', message: buildMessage(`caught-up-${number}`, from, now - 100_000 + number) });
    }
    for (let n = 0; n < CAUGHT_UP_IN; n++) {
      const jid = `other${n}@example.org`;
      const last = previewOf(buildMessage(`caught-up-${number}-${n}`, jid, now));
      const change = { last, unread: number, messageCount: number };
      fake.emit({ kind: 'conversationChanged', conversation: buildConversation(jid, now, change) });
    }
    return CAUGHT_UP;
  };
  measured.push(await measure('catch-up', seconds, catchUp));
  const drawn = document.querySelectorAll('[data-testid=messages] .slot').length;
  return { browser: navigator.userAgent, messages: messages.length, drawn, measured };
}

run()
  .catch((error: unknown) => ({ error: String(error) }))
  .then((result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) }));
