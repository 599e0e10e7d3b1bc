/**
 * Other people's words beside our own (UAX #9). Marks that change the order of everything after them let a name or a
 * message rewrite what stands next to it ("invoice\u202Efdp.exe"): they are left out where a text is only quoted, and an
 * element with `<bdi>` or `dir="auto"` keeps what remains to itself.
 */

/** Embeddings, overrides and isolates. The marks of a single place (LRM, RLM) are harmless, and people need them. */
const CONTROLS = /[\u202A-\u202E\u2066-\u2069]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Without what reorders its surroundings. */
export function unmarked(text: string): string {
  return text.replace(CONTROLS, '');
}

/** For a place in the middle of a sentence of ours: there is no element around it. */
export function isolated(text: string): string {
  const plain = unmarked(text);
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}
