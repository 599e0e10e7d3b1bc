/** Words of others that are written from right to left, and marks that turn what stands after them: on no screen do they reach ours. */
import { tick } from 'svelte';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Attachment, Message, RegistrationForm } from '../ipc/types';
import { ChatView } from '../stores/chat-view.svelte';
import { buildConversation, buildMessage, previewOf } from '../testing/build';
import { FakeCore } from '../testing/fake';
import { show } from '../testing/render';
import { LIN, ME, sampleData } from '../testing/sample';
import { addMessengerSample, GROUP } from '../testing/sample-messenger';
import { waitFor } from '../testing/wait';
import CallDetails from './call-list/CallDetails.svelte';
import CallList from './call-list/CallList.svelte';
import ActiveCall from './call/ActiveCall.svelte';
import EndScreen from './call/EndScreen.svelte';
import IncomingCall from './call/IncomingCall.svelte';
import OutgoingCall from './call/OutgoingCall.svelte';
import SmallCall from './call/SmallCall.svelte';
import WaitingBanner from './call/WaitingBanner.svelte';
import ChatList from './chat/ChatList.svelte';
import ConversationPane from './chat/ConversationPane.svelte';
import DeleteChatDialog from './chat/DeleteChatDialog.svelte';
import ForwardDialog from './chat/ForwardDialog.svelte';
import MentionList from './chat/MentionList.svelte';
import ReceiptsDialog from './chat/ReceiptsDialog.svelte';
import RequestBar from './chat/RequestBar.svelte';
import SearchHit from './chat/SearchHit.svelte';
import SendFilesDialog from './chat/SendFilesDialog.svelte';
import BlockDialog from './contacts/BlockDialog.svelte';
import ContactList from './contacts/ContactList.svelte';
import ProfileCard from './contacts/ProfileCard.svelte';
import GroupInfo from './groups/GroupInfo.svelte';
import JoinGroupDialog from './groups/JoinGroupDialog.svelte';
import MemberList from './groups/MemberList.svelte';
import ImageViewer from './message/ImageViewer.svelte';
import LinkDialog from './message/LinkDialog.svelte';
import MessageRow from './message/MessageRow.svelte';
import AccountMenu from './shell/AccountMenu.svelte';
import Notices from './shell/Notices.svelte';
import RegistrationStep from './sign-in/RegistrationStep.svelte';

/** RLO, then Hebrew: it turns everything after it in its paragraph. */
const TURNED = '\u202Eדנה 7';
/** Allowed in addresses (RFC 7622), and at the beginning of each one here. */
const EVE = 'דנה@דוגמה.example';
const FOREIGN = /[\u0590-\u05FF]/u;
const TURNS = /[\u202A-\u202E\u2066\u2067]/u;
/** Ours around theirs: theirs stand between isolates (`i18n` puts them there). */
const KEPT = /^(?:[^\u0590-\u05FF]|\u2068[^\u2068\u2069]*\u2069)*$/u;
/** An element that is a paragraph of its own to UAX #9. */
const ALONE = 'bdi, [dir]:not(html, body)';
/** Not read as text: the value has its own direction, or one letter in a circle. */
const NOT_TEXT = 'textarea, option, script, style, .av';

/** What could reach beyond itself. */
function strays(): string[] {
  const found: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const text = node.nodeValue ?? '';
    const parent = node.parentElement;
    if (!FOREIGN.test(text) || parent === null || parent.closest(NOT_TEXT) !== null) continue;
    if (parent.closest(ALONE) === null && (TURNS.test(text) || !KEPT.test(text))) found.push(parent.outerHTML);
  }
  for (const element of document.body.querySelectorAll('*'))
    for (const name of ['aria-label', 'title', 'alt', 'placeholder'])
      if (TURNS.test(element.getAttribute(name) ?? '')) found.push(`${name} of ${element.outerHTML}`);
  return found;
}

const eve = { jid: EVE, nickname: TURNED, occupant: 'o' };
/** Several of one name: one with the address, the others without. */
const someone = (place: number) => (place === 0 ? eve : { ...eve, jid: null, occupant: `o${place}` });
const file = (kind: Attachment['kind']): Attachment => ({
  kind,
  name: `${TURNED}.pdf`,
  mediaType: 'application/pdf',
  size: 1,
  thumbnail: null,
  transfer: { kind: 'remote' },
});
const said = (id: string, change: Partial<Message>) => buildMessage(id, LIN, 1_700_000_000_000, change);
const messages: readonly Message[] = [
  said('text', { content: { kind: 'text', text: `> ${TURNED}\n${TURNED} https://example.org/` }, sender: eve }),
  said('file', { content: { kind: 'file', file: file({ kind: 'file' }), caption: TURNED } }),
  said('picture', {
    content: { kind: 'file', file: file({ kind: 'image', width: 9, height: 9 }), caption: TURNED },
  }),
  said('place', { content: { kind: 'location', location: { latitude: 1, longitude: 2, address: TURNED } } }),
  said('custom', { content: { kind: 'custom', text: TURNED } }),
  said('encrypted', { content: { kind: 'encrypted', method: TURNED } }),
  said('recalled', { content: { kind: 'recalled' }, sender: eve }),
  said('answer', { replyTo: { id: 'text', sender: eve, excerpt: TURNED } }),
  said('forwarded', { forwarded: { from: TURNED, sentAt: null } }),
  said('reaction', { reactions: [{ emoji: TURNED, by: [eve], own: false }] }),
  said('failed', { direction: 'outgoing', delivery: { kind: 'failed', why: { kind: 'other', detail: TURNED } } }),
  said('unreachable', {
    direction: 'outgoing',
    delivery: { kind: 'failed', why: { kind: 'serverUnreachable', domain: TURNED } },
  }),
  ...(
    [
      { kind: 'joined', who: eve },
      { kind: 'removed', who: eve, by: eve, reason: TURNED },
      { kind: 'renamed', name: TURNED, by: eve },
      { kind: 'dissolved', reason: TURNED },
    ] as const
  ).map((notice) => said(notice.kind, { content: { kind: 'notice', notice } })),
];

/** Everybody and everything in it is called so. */
function turnedCore(): FakeCore {
  const data = sampleData(false, Date.now());
  addMessengerSample(data, false, Date.now(), LIN, ME);
  const people = data.people;
  for (const contact of data.contacts) Object.assign(contact, { name: TURNED, status: TURNED, groups: [TURNED] });
  const [pattern] = data.contacts;
  if (pattern) data.contacts.push({ ...pattern, jid: EVE, name: '', status: '' });
  for (const account of data.accounts) account.name = TURNED;
  for (const request of data.requests) Object.assign(request, { from: EVE, nickname: TURNED, reason: TURNED });
  people.groups = people.groups.map((group) => ({ ...group, name: TURNED, description: TURNED, nickname: TURNED }));
  for (const request of people.groupRequests) Object.assign(request, { from: EVE, name: TURNED, text: TURNED });
  for (const members of people.members.values())
    members.forEach((member, place) => place > 1 && (member.who = someone(place)));
  people.receipts.forEach((receipt, place) => (receipt.by = someone(place)));
  people.profiles.push({ jid: EVE, name: TURNED, avatar: null, updatedAt: null });
  for (const record of data.records) record.people = record.people.map(([, state]) => [EVE, state]);
  data.messages.set(
    LIN,
    messages.map((message) => ({ ...message, conversation: LIN })),
  );
  for (const conversation of data.conversations)
    Object.assign(conversation, {
      name: conversation.kind === 'group' ? TURNED : '',
      draft: conversation.unread > 0 ? '' : TURNED,
      last: previewOf(said('last', { sender: eve, content: { kind: 'text', text: TURNED } })),
    });
  data.conversations.push(buildConversation(EVE, Date.now(), { draft: TURNED, isRequest: true }));
  return new FakeCore(data);
}

const isTurned = async (of: Parameters<typeof show>[0], props: Record<string, unknown> = {}, core = turnedCore()) => {
  const view = await show(of, props, core, new ChatView());
  await waitFor(() => expect(document.body.innerHTML).toMatch(FOREIGN));
  await tick();
  expect(strays()).toEqual([]);
  return view;
};
const nothing = () => undefined;

beforeEach(() => {
  document.body.innerHTML = '';
});

test('the check finds what is not kept', () => {
  document.body.innerHTML = `<p>From ${TURNED}</p><p>From \u2068דנה\u2069!</p><p title="${TURNED}"><bdi>${TURNED}</bdi></p>`;
  expect(strays()).toHaveLength(2);
});

describe('a message', () => {
  test.each(messages.map((message) => [message.id, message] as const))('%s', async (_, message) => {
    for (const group of [false, true]) {
      const { unmount } = await show(MessageRow, { message, first: true, last: true, group }, turnedCore());
      await tick();
      expect(strays()).toEqual([]);
      unmount();
    }
  });
});

describe('a screen', () => {
  const [text, , picture] = messages;
  test.each<[string, Parameters<typeof show>[0], Record<string, unknown>]>([
    ['list of chats', ChatList, {}],
    ['chat', ConversationPane, { jid: LIN }],
    ['chat with somebody without a name', ConversationPane, { jid: EVE }],
    ['group', ConversationPane, { jid: GROUP }],
    ['request', RequestBar, { jid: EVE }],
    ['deleting a chat', DeleteChatDialog, { jid: LIN, onclose: nothing }],
    ['forwarding', ForwardDialog, { messages: [text] }],
    ['receipts', ReceiptsDialog, { message: { ...text, direction: 'outgoing', conversation: GROUP } }],
    ['names to mention', MentionList, { jid: GROUP, query: '', onpick: nothing, onclose: nothing }],
    ['search hit', SearchHit, { message: text, query: 'דנה' }],
    [
      'files to send',
      SendFilesDialog,
      {
        jid: LIN,
        files: [
          { path: '/tmp/a', name: `${TURNED}.pdf`, size: 1, preview: null },
          { path: '/tmp/b', name: `${TURNED}.png`, size: 1, preview: 'data:image/png;base64,AA' },
        ],
        replyTo: null,
        onsent: nothing,
        onclose: nothing,
      },
    ],
    ['contacts', ContactList, {}],
    ['profile', ProfileCard, { jid: LIN }],
    ['profile without a name', ProfileCard, { jid: EVE }],
    ['blocking', BlockDialog, { jid: EVE, report: true, onclose: nothing }],
    ['group information', GroupInfo, { jid: GROUP }],
    ['members', MemberList, { jid: GROUP, own: 'owner', joined: true }],
    ['joining', JoinGroupDialog, { address: `xmpp:${GROUP}?join` }],
    ['calls', CallList, {}],
    ['account menu', AccountMenu, {}],
    ['link', LinkDialog, { url: `https://example.org/${TURNED}`, onclose: nothing }],
    ['picture', ImageViewer, { pictures: [picture], id: picture?.id, onshow: nothing, onclose: nothing }],
  ])('%s', async (_, component, props) => void (await isTurned(component, props)));

  test('one call of the list', async () => {
    const core = turnedCore();
    await isTurned(CallDetails, { id: core.data.records[0]?.id }, core);
  });

  test('notices', async () => {
    const { app } = await show(Notices, {}, turnedCore());
    app.fail({ code: 'unknown', message: TURNED });
    app.handle({ account: 1, seq: 99, event: { kind: 'warning', code: 'groupPicture', detail: TURNED } });
    app.notify({ kind: 'answeredElsewhere', jid: EVE });
    app.handle({ account: 1, seq: 100, event: { kind: 'contactDeclined', jid: EVE, reason: TURNED } });
    await tick();
    expect(strays()).toEqual([]);
  });

  test("a server's own form", async () => {
    const field = (kind: 'text' | 'note' | 'choices' | 'boolean' | 'password' | 'choice', name: string) => ({
      kind,
      name,
      label: TURNED,
      help: TURNED,
      required: false,
      values: kind === 'note' ? [TURNED] : [],
      options: kind.startsWith('choice') ? [['a', TURNED] as [string, string]] : [],
      picture: null,
    });
    const form = {
      domain: 'דוגמה.example',
      title: TURNED,
      instructions: TURNED,
      fields: (['text', 'note', 'choices', 'boolean', 'password', 'choice'] as const).map((kind) => field(kind, kind)),
      webPage: null,
    } as unknown as RegistrationForm;
    await isTurned(RegistrationStep, { form, server: null, onreload: () => Promise.resolve(), onback: nothing });
  });
});

test.each([
  ['outgoing', OutgoingCall, { phase: { kind: 'calling' } }, {}],
  ['in call', ActiveCall, { phase: { kind: 'connected', since: 1 } }, { pictured: false, stale: false }],
  ['small', SmallCall, { phase: { kind: 'connected', since: 1 } }, { pictured: false }],
  ['ringing', IncomingCall, { direction: 'incoming' }, { current: null }],
  ['ended', EndScreen, { phase: { kind: 'ended', reason: { kind: 'rejected', text: TURNED } } }, { small: false }],
] as const)('call: %s', async (_, component, change, props) => {
  const core = turnedCore();
  for (const jid of [LIN, EVE]) {
    const call = core.makeCall({ with: jid, ...(change as object) });
    core.data.calls = [call];
    const { unmount } = await isTurned(component as never, { ...props, call }, core);
    unmount();
  }
});

test('call: another one waits', async () => {
  const core = turnedCore();
  const current = core.makeCall({ with: LIN, phase: { kind: 'connected', since: 1 } });
  const call = core.makeCall({ with: EVE, direction: 'incoming', waiting: true });
  await isTurned(WaitingBanner, { call, current }, core);
});
