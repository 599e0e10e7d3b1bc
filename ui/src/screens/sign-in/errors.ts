/** What went wrong at sign-in or registration, in words that say what to do. */
import { t } from '../../i18n/i18n.svelte';
import type { IpcError, SignInFailure } from '../../ipc/types';

/** Where on the form the error belongs, so that it can be shown and focused there. */
export type ErrorPlace = 'address' | 'password' | 'form';

export interface ShownError {
  text: string;
  /** The server's or the system's own words, in small print. */
  detail: string | null;
  place: ErrorPlace;
}

export function explain(error: IpcError, domain: string): ShownError {
  const { code, detail } = error;
  switch (code) {
    case 'wrongPassword':
      return { text: t('error.wrongPassword'), detail: null, place: 'password' };
    case 'notRemembered':
      return { text: t('error.notRemembered'), detail: null, place: 'password' };
    case 'unknownServer':
      return { text: t('error.unknownServer', { domain: detail ?? domain }), detail: null, place: 'address' };
    case 'invalidArgument':
      return { text: t('error.invalidAddress'), detail, place: 'address' };
    case 'unreachable':
      return { text: t('error.unreachable', { domain }), detail, place: 'form' };
    case 'certificate':
      return { text: t('error.certificate', { domain }), detail, place: 'form' };
    case 'noEncryption':
      return { text: t('error.noEncryption', { domain }), detail: null, place: 'form' };
    case 'accountDisabled':
      return { text: t('error.accountDisabled'), detail, place: 'form' };
    case 'noMechanism':
      return { text: t('error.noMechanism', { domain }), detail: null, place: 'form' };
    case 'replaced':
      return { text: t('error.replaced'), detail: null, place: 'form' };
    case 'serverClosed':
      return { text: t('error.serverClosed', { domain }), detail, place: 'form' };
    case 'protocol':
      return { text: t('error.protocol', { domain }), detail, place: 'form' };
    case 'timeout':
      return { text: t('error.timeout', { domain }), detail, place: 'form' };
    case 'nameTaken':
      return { text: t('error.nameTaken'), detail, place: 'address' };
    case 'registrationClosed':
      return { text: t('error.registrationClosed', { domain }), detail, place: 'form' };
    case 'registrationRefused':
      return { text: t('error.notAcceptable'), detail, place: 'form' };
    case 'accountExists':
      return { text: t('error.accountExists'), detail: null, place: 'address' };
    case 'secrets':
      return { text: t('error.secrets'), detail, place: 'form' };
    default:
      return { text: t('error.other', { message: error.message }), detail, place: 'form' };
  }
}

/** The same for the reason why an account is not online. */
export function explainFailure(why: SignInFailure, domain: string): ShownError {
  const detail = 'detail' in why ? why.detail : 'reason' in why ? why.reason : 'domain' in why ? why.domain : null;
  return explain({ code: why.kind, message: '', detail }, domain);
}
