import { fireEvent, screen } from '@testing-library/svelte';
import { describe, expect, test } from 'vitest';
import { asked, show } from '../../testing/render';
import { LIN, sampleCore } from '../../testing/sample';
import { waitFor } from '../../testing/wait';
import AddContactDialog from './AddContactDialog.svelte';
import BlockDialog from './BlockDialog.svelte';
import ProfileCard from './ProfileCard.svelte';
import { groupsOf } from './words';

const type = (id: string, value: string) => fireEvent.input(screen.getByTestId(id), { target: { value } });

describe('contacts', () => {
  test('a report shows the last messages of the person, ten at most, and not the own ones', async () => {
    const core = sampleCore();
    const { app } = await show(BlockDialog, { jid: LIN, report: true, onclose: () => undefined }, core);
    await app.openConversation(LIN);
    const incoming = (app.messages.get(LIN)?.messages ?? []).filter((message) => message.direction === 'incoming');
    expect(incoming.length).toBeGreaterThan(0);
    await waitFor(() => screen.getByTestId('reported'));
    await fireEvent.click(screen.getByTestId('block-confirm'));
    const ids = incoming.slice(-10).map((message) => message.id);
    await waitFor(() => expect(asked(core, 'block')).toEqual([[1, LIN, 'spam', ids]]));
  });

  test('blocking without a report shows nothing to anybody', async () => {
    const { app, core } = await show(BlockDialog, { jid: LIN, report: false, onclose: () => undefined });
    await app.openConversation(LIN);
    await fireEvent.click(screen.getByTestId('block-confirm'));
    await waitFor(() => expect(asked(core, 'block')).toEqual([[1, LIN, null, []]]));
    expect(screen.queryByTestId('reported')).toBeNull();
  });

  test('the groups of a contact are one line', async () => {
    const { core } = await show(ProfileCard, { jid: LIN });
    await fireEvent.click(screen.getByTestId('edit-groups'));
    await type('groups-input', 'Family， 工作、Family');
    await fireEvent.keyDown(screen.getByTestId('groups-input'), { key: 'Enter' });
    await waitFor(() => expect(asked(core, 'groupContact')).toEqual([[1, LIN, ['Family', '工作']]]));
    await waitFor(() => expect(screen.getByTestId('contact-groups').textContent).toContain('工作'));
    expect(groupsOf(' ;, ')).toEqual([]);
  });

  test('looking at groups that are written from right to left changes nothing', async () => {
    const core = sampleCore();
    const lin = core.data.contacts.find((contact) => contact.jid === LIN);
    if (lin === undefined) throw new Error('no such contact');
    lin.groups = ['משפחה', 'Work'];
    await show(ProfileCard, { jid: LIN }, core);
    await fireEvent.click(screen.getByTestId('edit-groups'));
    expect(screen.getByTestId<HTMLInputElement>('groups-input').value).toBe('משפחה, Work');
    await fireEvent.keyDown(screen.getByTestId('groups-input'), { key: 'Enter' });
    await waitFor(() => expect(screen.queryByTestId('groups-input')).toBeNull());
    expect(asked(core, 'groupContact')).toEqual([]);
  });

  test('a request carries its reason', async () => {
    const core = sampleCore();
    await show(AddContactDialog, {}, core);
    await type('add-contact-jid', 'new@example.org');
    await type('add-contact-name', ' Nia ');
    await type('add-contact-reason', 'we met ');
    await fireEvent.click(screen.getByTestId('add-contact-submit'));
    await waitFor(() => expect(asked(core, 'addContact')).toEqual([[1, 'new@example.org', 'Nia', 'we met']]));
  });
});
