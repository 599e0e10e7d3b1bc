/** A first look at what somebody typed as an address; the core decides (RFC 7622). */

/** `user@server`, trimmed and without `xmpp:`, or null if it cannot be one. */
export function parseAddress(text: string): string | null {
  const address = text
    .trim()
    .replace(/^xmpp:/iu, '')
    .replace(/[/?].*$/u, '');
  const [user, domain, ...more] = address.split('@');
  if (!user || domain === undefined || more.length > 0 || !isDomain(domain) || /\s/u.test(user)) return null;
  return address;
}

/** Whether a text can be a server's name. */
export function isDomain(text: string): boolean {
  return /^[^\s@/:?#]+$/u.test(text) && !text.startsWith('.') && !text.endsWith('..');
}

export function domainOf(address: string): string {
  return address.slice(address.indexOf('@') + 1);
}
