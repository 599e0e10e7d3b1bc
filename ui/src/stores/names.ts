/**
 * What people are called: by the name that this person gives them, else by the one that they chose; if that looks like
 * the name of somebody known, their address stands beside it. Pure.
 */
import type { BareJid, Profile } from '../ipc/types';
import { localPart } from '../lib/avatar';
import { plainName, skeleton, withProof } from '../lib/identity';
import { isContact, type ContactsState } from './contacts';

export interface Known {
  contacts: ContactsState;
  /** What people call themselves. */
  profiles: ReadonlyMap<BareJid, Pick<Profile, 'name'>>;
  own: { jid: BareJid; name: string } | null;
}

/** How the people look by name whom this person knows. */
export interface Looks {
  /** Whose each look is, `null` if several have it. */
  of: ReadonlyMap<string, BareJid | null>;
  /** Everybody is in it; else a look that is not may be somebody's. */
  whole: boolean;
}

export function looksOf({ contacts, profiles, own }: Known): Looks {
  const looks = new Map<string, BareJid | null>();
  const add = (jid: BareJid, name: string) => {
    const look = skeleton(name);
    if (look !== '') looks.set(look, looks.has(look) && looks.get(look) !== jid ? null : jid);
  };
  for (const { jid, name } of contacts.contacts.values())
    if (isContact(contacts, jid)) add(jid, name || profiles.get(jid)?.name || localPart(jid));
  if (own !== null) add(own.jid, own.name);
  return { of: looks, whole: contacts.whole };
}

/** A name that somebody chose for themselves. `proof`: their address, or that it is hidden. */
export function chosenName(looks: Looks, name: string, jid: BareJid | null, proof: string): string {
  const owner = looks.of.get(skeleton(name));
  const isTheirs = owner === undefined ? looks.whole : owner !== null && owner === jid;
  return isTheirs || name === proof ? name : withProof(name, proof);
}

export function nameOfPerson(known: Known, looks: Looks, jid: BareJid, chosen: string): string {
  const given = plainName(known.contacts.contacts.get(jid)?.name ?? '');
  return given === '' ? chosenName(looks, plainName(chosen) || localPart(jid), jid, jid) : given;
}
