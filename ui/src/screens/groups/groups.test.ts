import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import type { GroupMember } from '../../ipc/messenger';
import type { Group, GroupRole } from '../../ipc/types';
import { person } from '../../testing/build';
import { FakeCore } from '../../testing/fake';
import { asked, show } from '../../testing/render';
import { LIN, ME, sampleData } from '../../testing/sample';
import { addMessengerSample, GROUP } from '../../testing/sample-messenger';
import { waitFor } from '../../testing/wait';
import ContactList from '../contacts/ContactList.svelte';
import ConversationPane from '../chat/ConversationPane.svelte';
import CreateGroupDialog from './CreateGroupDialog.svelte';
import GroupInfo from './GroupInfo.svelte';
import JoinGroupDialog from './JoinGroupDialog.svelte';
import StyledText from '../message/StyledText.svelte';
import { mayPromote, mayRemove, sortedMembers } from './members';

function richCore(): FakeCore {
  const data = sampleData(false, Date.now());
  addMessengerSample(data, false, Date.now(), LIN, ME);
  return new FakeCore(data);
}
const member = (role: GroupRole, own = false): GroupMember => ({ who: person(`${role}@x`), role, present: true, own });

describe('who may do what', () => {
  test('removal goes downwards only', () => {
    const may = (own: GroupRole) =>
      (['owner', 'admin', 'member', 'guest'] as const).filter((role) => mayRemove(own, member(role)));
    expect(may('owner')).toEqual(['admin', 'member', 'guest']);
    expect(may('admin')).toEqual(['member', 'guest']);
    expect(may('member')).toEqual([]);
    expect(mayRemove('owner', member('member', true))).toBe(false);
  });
  test('only owners make admins, of people with an address', () => {
    expect(mayPromote('owner', member('member'))).toBe(true);
    expect(mayPromote('admin', member('member'))).toBe(false);
    expect(mayPromote('owner', { ...member('member'), who: { jid: null, nickname: 'x', occupant: 'o' } })).toBe(false);
  });
  test('owners first, the banned not at all', () => {
    const list = [member('banned'), member('guest'), member('owner'), member('admin')];
    expect(sortedMembers(list, (m) => m.who.jid ?? '').map((m) => m.role)).toEqual(['owner', 'admin', 'guest']);
  });
});

test('a group is made with its people, and opened', async () => {
  const { app, core } = await show(CreateGroupDialog, {}, richCore());
  await fireEvent.click(screen.getByTestId('group-create'));
  expect(asked(core, 'createGroup')).toEqual([]);
  expect(screen.getByRole('alert').textContent).toContain('A group needs a name.');
  await fireEvent.input(screen.getByTestId('group-name'), { target: { value: ' Hikers ' } });
  await fireEvent.click(screen.getByText('Anybody may join'));
  await fireEvent.click(document.querySelector(`[data-jid="${LIN}"]`) as HTMLElement);
  await fireEvent.input(screen.getByTestId('group-welcome'), { target: { value: 'hi' } });
  await fireEvent.click(screen.getByTestId('group-create'));
  await waitFor(() => expect(app.view.conversation).toMatch(/^group-/u));
  expect(asked(core, 'createGroup')[0]?.[1]).toEqual({
    name: 'Hikers',
    description: '',
    public: true,
    members: [LIN],
    welcome: 'hi',
    picture: null,
  });
  expect(app.nameOf(app.view.conversation ?? '')).toBe('Hikers');
});

describe('a group’s page', () => {
  test('shows members with their roles; an admin removes, but makes no admins', async () => {
    const { core } = await show(GroupInfo, { jid: GROUP }, richCore());
    await waitFor(() => expect(screen.getAllByTestId('member').length).toBe(7));
    expect(screen.getAllByTestId('member')[0]?.textContent).toContain('Owner');
    const chen = screen.getAllByTestId('member').find((row) => row.dataset['jid'] === 'chensy@chat.example.org');
    await fireEvent.click(chen?.querySelector('[data-testid=member-menu]') as HTMLElement);
    expect(screen.queryByTestId('promote')).toBeNull();
    await fireEvent.click(screen.getByTestId('remove-member'));
    await waitFor(() => expect(screen.getAllByTestId('member').length).toBe(6));
    expect(asked(core, 'removeFromGroup')[0]?.slice(0, 2)).toEqual([1, GROUP]);
    expect(screen.queryByTestId('dissolve')).toBeNull();
  });

  test('leaving is asked for, and ends the writing', async () => {
    const core = richCore();
    const { app, unmount } = await show(GroupInfo, { jid: GROUP }, core);
    await fireEvent.click(screen.getByTestId('leave'));
    expect(asked(core, 'leaveGroup')).toEqual([]);
    await fireEvent.click(screen.getByTestId('confirm'));
    await waitFor(() => expect(app.groups.groups.get(GROUP)?.state.kind).toBe('left'));
    unmount();
    await show(ConversationPane, { jid: GROUP }, core);
    await waitFor(() => expect(screen.getByTestId('group-state').textContent).toBe('You left this group.'));
    expect(screen.queryByTestId('composer')).toBeNull();
  });
});

test('invitations and applications are answered in the list of contacts', async () => {
  const { core } = await show(ContactList, {}, richCore());
  const cards = screen.getAllByTestId('group-request');
  expect(cards.map((card) => card.getAttribute('aria-label'))).toEqual([
    'Wang Nan wants to join Release 2.4',
    'Wang Nan invites you to Weekend hikers',
  ]);
  await fireEvent.click(screen.getAllByTestId('accept-group')[1] as HTMLElement);
  await waitFor(() => expect(screen.getAllByTestId('group-request')).toHaveLength(1));
  expect(asked(core, 'answerGroupRequest')[0]?.[2]).toBe(true);
});

describe('entering a group', () => {
  const LINK = 'xmpp:climbers@rooms.example.org?join;owner=dana@chat.example.org';
  const climbers = (open: boolean): Group => ({
    jid: 'climbers@rooms.example.org',
    name: 'Climbers',
    description: 'North faces only',
    public: open,
    hasArchive: true,
    showsAddresses: true,
    moderation: false,
    nickname: '',
    role: 'guest',
    state: { kind: 'left' },
    avatar: null,
    memberCount: 0,
  });
  function withClimbers(open: boolean): FakeCore {
    const core = richCore();
    core.data.people.elsewhere.set('climbers@rooms.example.org', climbers(open));
    return core;
  }

  test('a link in a message leads to what the group is, and asks those who lead it', async () => {
    const { app, core } = await show(StyledText, { text: `come: ${LINK}` }, withClimbers(false));
    await fireEvent.click(screen.getByRole('link'));
    expect(app.view.joinGroup).toBe(LINK);
    await show(JoinGroupDialog, { address: LINK }, core);
    await waitFor(() => expect(screen.getByTestId('group-preview').textContent).toContain('Climbers'));
    expect(asked(core, 'joinGroup')).toEqual([]);
    await fireEvent.input(screen.getByTestId('application-text'), { target: { value: 'I climb' } });
    await fireEvent.click(screen.getByTestId('group-join'));
    await waitFor(() => expect(asked(core, 'joinGroup')).toEqual([[1, LINK, 'I climb']]));
    await waitFor(() => expect(core.data.people.groups.at(-1)?.state.kind).toBe('applied'));
  });

  test('a public one is entered and opened', async () => {
    const { app } = await show(JoinGroupDialog, { address: '' }, withClimbers(true));
    await fireEvent.input(screen.getByTestId('group-address'), { target: { value: 'climbers@rooms.example.org' } });
    await fireEvent.click(screen.getByTestId('group-join'));
    await waitFor(() => screen.getByTestId('group-preview'));
    expect(screen.queryByTestId('application-text')).toBeNull();
    await fireEvent.click(screen.getByTestId('group-join'));
    await waitFor(() => expect(app.view.conversation).toBe('climbers@rooms.example.org'));
  });

  test('what is none, and one for members only, say so', async () => {
    const { app, core } = await show(JoinGroupDialog, { address: '' }, withClimbers(false));
    const typed = async (value: string) => {
      await fireEvent.input(screen.getByTestId('group-address'), { target: { value } });
      await fireEvent.click(screen.getByTestId('group-join'));
    };
    await typed('nonsense');
    expect(screen.getByRole('alert').textContent).toContain('no address');
    await typed('nobody@rooms.example.org');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('no such group'));
    // Said here, where it is looked at, and not behind the dialog.
    core.refusals.set('groupInfo', 'notOnline');
    await typed('climbers@rooms.example.org');
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('offline'));
    core.refusals.delete('groupInfo');
    await typed('climbers@rooms.example.org');
    await waitFor(() => screen.getByTestId('group-preview'));
    core.refusals.set('joinGroup', 'timeout');
    await fireEvent.click(screen.getByTestId('group-join'));
    await waitFor(() => expect(screen.getByRole('alert').textContent).not.toBe(''));
    expect(app.notices.list).toEqual([]);
    core.refusals.delete('joinGroup');
    expect(app.conversations.list.some(({ jid }) => jid === 'climbers@rooms.example.org')).toBe(false);
    await fireEvent.click(screen.getByTestId('group-join'));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('for its members'));
  });
});

test('owners change picture and openness; what is left is said with the way back', async () => {
  const core = richCore();
  const group = core.data.people.groups[0] as Group;
  core.data.people.groups = [{ ...group, role: 'owner', avatar: 'key' }];
  const { app, unmount } = await show(GroupInfo, { jid: GROUP }, core);
  await fireEvent.click(screen.getByText('Anybody may join'));
  expect(asked(core, 'changeGroup')).toEqual([[1, GROUP, { public: true }]]);
  await fireEvent.click(screen.getByTestId('group-picture-remove'));
  expect(asked(core, 'setGroupPicture')).toEqual([[1, GROUP, null]]);
  unmount();
  core.data.people.groups = [{ ...group, state: { kind: 'removed', by: 'dana@chat.example.org', reason: 'too slow' } }];
  await app.reload();
  await show(ConversationPane, { jid: GROUP }, core);
  await waitFor(() => expect(screen.getByTestId('group-state').textContent).toContain('too slow'));
  await fireEvent.click(screen.getByTestId('group-again'));
});
