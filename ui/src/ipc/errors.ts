/** An operation of the core that was refused, as a JavaScript error. */
import type { IpcError } from './types';

export type Result<T> = { status: 'ok'; data: T } | { status: 'error'; error: IpcError };

/** The answer of an operation that does not exist in this version. */
export const refused = (code: string): Result<never> => ({
  status: 'error',
  error: { code, message: code, detail: null },
});

/** Carries the stable `code` on which the UI branches; `message` is English, for logs and as the last resort. */
export class OperationFailed extends Error {
  readonly code: string;
  readonly detail: string | null;

  constructor(error: IpcError) {
    super(error.message);
    this.name = 'OperationFailed';
    this.code = error.code;
    this.detail = error.detail;
  }
}

/** The data of a result, or an `OperationFailed`. */
export async function unwrap<T>(result: Promise<Result<T>>): Promise<T> {
  const outcome = await result;
  if (outcome.status === 'ok') return outcome.data;
  throw new OperationFailed(outcome.error);
}

/** Any failure as an `IpcError`; what is not ours (a broken bridge) has the code `internal`. */
export function asIpcError(error: unknown): IpcError {
  if (error instanceof OperationFailed) return { code: error.code, message: error.message, detail: error.detail };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error), detail: null };
}
