/** Finds addresses in a text that lead somewhere. What leads nowhere stays text; nothing is ever markup. */
export type TextPart = { kind: 'text'; text: string } | { kind: 'link'; text: string; url: string };

const LINK =
  /\b(?:https?:\/\/|mailto:|geo:|xmpp:)[^\s\u202A-\u202E\u2066-\u2069<>"'，。、；：！？（）【】《》「」]+/giu;
/** Punctuation that ends a sentence rather than an address. */
const TRAILING = /[.,;:!?)\]}'"…]+$/u;

/**
 * Whether an address reads like another one than it is: letters of several scripts that look alike (they travel as `xn--`),
 * or a name before an `@` that looks like the server.
 */
export function isMisleading(url: string): boolean {
  try {
    const { hostname, username, password, protocol } = new URL(url);
    if (protocol !== 'https:' && protocol !== 'http:') return false;
    return username !== '' || password !== '' || hostname.split('.').some((label) => label.startsWith('xn--'));
  } catch {
    return true;
  }
}

/** The bare address of an `xmpp:` link (RFC 5122) and whether it is a group to join; null: it names none. */
export function xmppTarget(url: string): { jid: string; join: boolean } | null {
  const parts = /^xmpp:(?:\/\/[^/]*\/)?([^?#]+)(?:\?([^#]*))?/iu.exec(url);
  try {
    const jid = decodeURIComponent(parts?.[1] ?? '')
      .split('/', 1)[0]
      ?.toLowerCase();
    if (jid === undefined || !/^[^\s@/]+@[^\s@/]+$/u.test(jid)) return null;
    return { jid, join: /^join\b/iu.test(parts?.[2] ?? '') };
  } catch {
    return null;
  }
}

export function splitLinks(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    let link = match[0];
    const trailing = TRAILING.exec(link);
    // A closing bracket belongs to the address when the address opened it.
    if (trailing && !(trailing[0] === ')' && link.includes('('))) link = link.slice(0, -trailing[0].length);
    let url: URL;
    try {
      url = new URL(link);
    } catch {
      continue;
    }
    if (match.index > end) parts.push({ kind: 'text', text: text.slice(end, match.index) });
    parts.push({ kind: 'link', text: link, url: url.href });
    end = match.index + link.length;
  }
  if (end < text.length) parts.push({ kind: 'text', text: text.slice(end) });
  return parts;
}

/** The server that an address leads to, if what is shown begins with another one: letters of other scripts, a name before an `@`. */
export function otherHost(url: string, shown: string): string | undefined {
  const { host } = new URL(url);
  const begins = shown.toLowerCase().replace(/^https?:\/\//u, '');
  return begins === host || /^[:/?#]/u.test(begins.startsWith(host) ? begins.slice(host.length) : 'x')
    ? undefined
    : host;
}
