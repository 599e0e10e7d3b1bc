import { vi } from 'vitest';

/** Only so that a test ends: a busy machine may take seconds for what is instant otherwise. */
const LIMIT_MS = 20_000;

/** Looks again until the check no longer throws. */
export const waitFor = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, { timeout: LIMIT_MS });
