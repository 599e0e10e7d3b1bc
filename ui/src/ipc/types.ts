/**
 * The names under which the UI knows the core's types. Everything else imports from here, so that a
 * change in how the bindings are generated stays in this file.
 */
export type * from './bindings';
