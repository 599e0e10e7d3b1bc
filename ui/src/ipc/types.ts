/**
 * The names under which the UI knows the core's types. Everything else imports from here, so that a
 * change in how the bindings are generated stays in this file.
 */
import type { Settings } from './bindings';

export type * from './bindings';

/** Settings with their defaults filled in. */
export type FullSettings = Required<Settings>;
export type { StrangerPolicy as RingStrangers } from './bindings';
