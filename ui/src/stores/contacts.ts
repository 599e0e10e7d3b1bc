/** Contacts of the shown account, and who asks to become one. Pure. */
import { localPart } from '../lib/avatar';
import { unmarked } from '../lib/bidi';
import type { BareJid, Contact, ContactRequest, Event } from '../ipc/types';

export interface ContactsState {
  contacts: ReadonlyMap<BareJid, Contact>;
  requests: readonly ContactRequest[];
  /** All are here, not only those of the first page of the list of chats. */
  whole: boolean;
}

export const emptyContacts: ContactsState = { contacts: new Map(), requests: [], whole: false };

const byAddress = (contacts: readonly Contact[]) => new Map(contacts.map((contact) => [contact.jid, contact]));

export function loadContacts(contacts: readonly Contact[], requests: readonly ContactRequest[]): ContactsState {
  return { contacts: byAddress(contacts), requests, whole: true };
}

/** Those whom the first page of the list of chats shows; the others follow. */
export function loadSomeContacts(contacts: readonly Contact[]): ContactsState {
  return { ...emptyContacts, contacts: byAddress(contacts) };
}

export function applyContacts(state: ContactsState, event: Event): ContactsState {
  switch (event.kind) {
    case 'contactChanged':
      return { ...state, contacts: new Map(state.contacts).set(event.contact.jid, event.contact) };
    case 'contactRemoved': {
      if (!state.contacts.has(event.jid)) return state;
      const contacts = new Map(state.contacts);
      contacts.delete(event.jid);
      return { ...state, contacts };
    }
    case 'contactRequested':
      return {
        ...state,
        requests: [event.request, ...state.requests.filter((request) => request.from !== event.request.from)],
      };
    case 'contactRequestSettled':
      return { ...state, requests: state.requests.filter((request) => request.from !== event.from) };
    default:
      return state;
  }
}

/** The name that people see: the one in the roster, else their own, else the part of the address before the `@`. */
export function nameOf(state: ContactsState, jid: BareJid, own = ''): string {
  const name = unmarked(state.contacts.get(jid)?.name ?? '').trim() || unmarked(own).trim();
  return name === '' ? localPart(jid) : name;
}

/** Whether this person is in the roster on purpose (not only remembered because of a request). */
export function isContact(state: ContactsState, jid: BareJid): boolean {
  const contact = state.contacts.get(jid);
  return contact !== undefined && (contact.subscription !== 'none' || contact.requested);
}
