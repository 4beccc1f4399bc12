import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import type { Clock } from '@tandem/kit';

/** Asterisk gives each address of a relay this long. */
const CONNECT_MS = 2_000;

export interface ServiceAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port`, IPv6 in brackets. Returns null for anything else. */
export function parseServiceAddress(text: string): ServiceAddress | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65_535) return null;
  return { host: match[1] ?? match[2] ?? '', port };
}

/**
 * Connects as Asterisk does: all addresses of the name in order, two seconds for each, Nagle's algorithm off.
 * Returns why the last address failed as a string.
 */
export async function connectToRelay(address: string, clock: Clock): Promise<Socket | string> {
  const service = parseServiceAddress(address);
  if (!service) return `"${address}" is not host:port`;
  const hosts = await addressesOf(service.host);
  let failure = `${service.host} has no address`;
  for (const host of hosts) {
    const result = await attempt(host, service.port, clock);
    if (typeof result !== 'string') return result;
    failure = result;
  }
  return failure;
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) > 0) return [host];
  try {
    return (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
  } catch {
    return [];
  }
}

function attempt(host: string, port: number, clock: Clock): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const patience = clock.after(CONNECT_MS, () => {
      socket.destroy();
      resolve(`${host}:${port} did not answer within ${CONNECT_MS} ms`);
    });
    const failed = (error: Error) => {
      patience.cancel();
      socket.destroy();
      resolve(`${host}:${port}: ${error.message}`);
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      patience.cancel();
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
