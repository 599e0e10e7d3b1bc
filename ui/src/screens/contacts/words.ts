import { locale, t } from '../../i18n/i18n.svelte';
import type { Contact } from '../../ipc/types';
import { unmarked } from '../../lib/bidi';
import { isContact, nameOf, type ContactsState } from '../../stores/contacts';

/** What stands under a person's name: their own words, else their presence. */
export function presenceText(contact: Contact): string {
  if (contact.requested && contact.subscription !== 'both' && contact.subscription !== 'to')
    return t('presence.requested');
  return unmarked(contact.status) || t(`presence.${contact.presence}`);
}

/** Presence and own words together, for the profile. */
export function fullPresenceText(contact: Contact): string {
  const presence = t(`presence.${contact.presence}`);
  return contact.status === '' ? presence : t('presence.with', { presence, status: contact.status });
}

/** People in the roster, by name as the language sorts names. */
export function sortedContacts(state: ContactsState): Contact[] {
  const collator = new Intl.Collator(locale() === 'en' ? 'en' : 'zh-CN-u-co-pinyin', {
    sensitivity: 'base',
    numeric: true,
  });
  return [...state.contacts.values()]
    .filter((contact) => isContact(state, contact.jid))
    .sort((a, b) => collator.compare(nameOf(state, a.jid), nameOf(state, b.jid)));
}

/** Asked, and no answer yet. */
export function isPending(contact: Contact): boolean {
  return contact.requested && contact.subscription !== 'both' && contact.subscription !== 'to';
}

/** What is written into the field of groups, as a list. Commas of all kinds part the names. */
export function groupsOf(text: string): string[] {
  const names = text.split(/[,，、;；]/u).map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ''))];
}
