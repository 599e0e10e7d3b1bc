/** How this account stands to a group, in words. */
import { t } from '../../i18n/i18n.svelte';
import type { Group, GroupRefusal, GroupState } from '../../ipc/types';
import { parseAddress } from '../../lib/address';
import { xmppTarget } from '../../lib/links';

export function refusalText(why: GroupRefusal): string {
  switch (why) {
    case 'membersOnly':
      return t('group.refusedMembersOnly');
    case 'banned':
      return t('group.refusedBanned');
    case 'full':
      return t('group.refusedFull');
    case 'passwordNeeded':
      return t('group.refusedPassword');
    case 'nicknameTaken':
      return t('group.refusedName');
    case 'notFound':
      return t('group.notFound');
    case 'other':
      return t('group.refused');
  }
}

/** Empty while one is in it. */
export function stateText(state: GroupState, nameOf: (jid: string) => string): string {
  switch (state.kind) {
    case 'applied':
      return t('group.applied');
    case 'joining':
      return t('group.joining');
    case 'disconnected':
      return t('group.disconnected');
    case 'refused':
      return refusalText(state.why);
    case 'left':
      return t('group.left');
    case 'removed': {
      const { by, reason } = state;
      const text = by === '' ? t('group.removedPlain') : t('group.removed', { by: nameOf(by) });
      return reason === '' ? text : t('group.because', { text, reason });
    }
    case 'dissolved':
      return state.reason === ''
        ? t('group.dissolved')
        : t('group.because', { text: t('group.dissolved'), reason: state.reason });
    case 'joined':
      return '';
  }
}

/** Whether it makes sense to try to enter it (again). */
export function mayEnter(state: GroupState): boolean {
  return state.kind === 'left' || state.kind === 'removed' || (state.kind === 'refused' && state.why !== 'banned');
}

/** What an address or link leads to, and whether it says who lets people in; null: to no group. */
export function groupTarget(text: string): { jid: string; asks: boolean } | null {
  const trimmed = text.trim();
  if (!/^xmpp:/iu.test(trimmed)) {
    const jid = parseAddress(trimmed);
    return jid === null ? null : { jid: jid.toLowerCase(), asks: false };
  }
  const target = xmppTarget(trimmed);
  return target === null ? null : { jid: target.jid, asks: /[?;]owner=[^;]/iu.test(trimmed) };
}

/** Those who may give a group another name and picture (XEP-0045 §10.2: its owners). */
export const mayConfigure = (group: Group | undefined) => group?.state.kind === 'joined' && group.role === 'owner';
