import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { StackError } from '../checkout/stack-error.ts';

/**
 * Below the range kernels take outgoing ports from (Linux 32768, macOS 49152). A client that keeps connecting
 * to a dead server's port inside that range may be given the very same port as its own, connect to itself and
 * keep the server from coming back.
 */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_767;
const ATTEMPTS = 1_000;

interface PortProbe {
  /** Returns whether a server could listen on the port now. */
  readonly isFree: (port: number) => Promise<boolean>;
  /** A whole number from `lowest` up to and including `highest`. */
  readonly pick: (lowest: number, highest: number) => number;
}

/** Hands out TCP ports, each at most once. */
export class PortChooser {
  private readonly handedOut = new Set<number>();

  constructor(private readonly probe: PortProbe) {}

  async free(): Promise<number> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const port = this.probe.pick(LOWEST_PORT, HIGHEST_PORT);
      if (this.handedOut.has(port)) continue;
      this.handedOut.add(port);
      if (await this.probe.isFree(port)) return port;
    }
    throw new StackError(
      `No free port was found between ${LOWEST_PORT} and ${HIGHEST_PORT}.`,
      'End some of the servers on this machine, then try again.',
    );
  }

  /** Returns the port itself when it is free and was not handed out before, else another one. */
  async prefer(port: number): Promise<number> {
    if (this.handedOut.has(port)) return this.free();
    this.handedOut.add(port);
    return (await this.probe.isFree(port)) ? port : this.free();
  }
}

/**
 * Checks both addresses: where the kernel lets 0.0.0.0 and 127.0.0.1 share a port, the narrower one would get
 * our connections.
 */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

const chooser = new PortChooser({
  isFree: isPortFree,
  pick: (lowest, highest) => randomInt(lowest, highest + 1),
});

/** Returns a free TCP port. Never the same twice in one process. */
export function freePort(): Promise<number> {
  return chooser.free();
}

/** `count` different free ports. */
export function freePorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, () => chooser.free()));
}

/** Returns the usual port when it is free, else another one. */
export function preferPort(usual: number): Promise<number> {
  return chooser.prefer(usual);
}
