/** The accounts of this device and which one is shown. Pure: no Svelte, no clock, no I/O. */
import type { Account, AccountId, EventEnvelope } from '../ipc/types';

export interface SessionState {
  accounts: readonly Account[];
  current: AccountId | null;
}

export const emptySession: SessionState = { accounts: [], current: null };

/** An account is shown while the user has not signed out of it, whatever its connection is doing. */
export function isUsable(account: Account): boolean {
  return account.connection.kind !== 'offline';
}

/** Keeps the current account while it is usable, else takes the first usable one. */
function withAccounts(state: SessionState, accounts: readonly Account[]): SessionState {
  const stays = accounts.some((account) => account.id === state.current && isUsable(account));
  return { accounts, current: stays ? state.current : (accounts.find(isUsable)?.id ?? null) };
}

export function loadSession(state: SessionState, accounts: readonly Account[]): SessionState {
  return withAccounts(state, accounts);
}

export function applySession(state: SessionState, { account, event }: EventEnvelope): SessionState {
  switch (event.kind) {
    case 'accountChanged': {
      const known = state.accounts.some((other) => other.id === event.account.id);
      const accounts = known
        ? state.accounts.map((other) => (other.id === event.account.id ? event.account : other))
        : [...state.accounts, event.account];
      return withAccounts(state, accounts);
    }
    case 'accountRemoved':
      return withAccounts(
        state,
        state.accounts.filter((other) => other.id !== account),
      );
    default:
      return state;
  }
}

export function currentAccount(state: SessionState): Account | null {
  return state.accounts.find((account) => account.id === state.current) ?? null;
}
