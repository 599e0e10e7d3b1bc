/** A server's address as somebody types it. */
import type { ServerAddress } from '../../ipc/types';

export interface TypedServer {
  host: string;
  port: string;
  directTls: boolean;
}

/** Ports when none is typed: RFC 6120 §14.7, and the usual one of XEP-0368. */
const STARTTLS_PORT = 5222;
const DIRECT_TLS_PORT = 5223;

/** Null: nothing was typed, the address alone tells where to connect. */
export function typedServer({ host, port, directTls }: TypedServer): ServerAddress | null | 'invalid' {
  const name = host.trim();
  if (name === '') return port.trim() === '' ? null : 'invalid';
  if (/[\s/@]/u.test(name)) return 'invalid';
  const number = port.trim() === '' ? (directTls ? DIRECT_TLS_PORT : STARTTLS_PORT) : Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65535) return 'invalid';
  return { host: name, port: number, directTls };
}
