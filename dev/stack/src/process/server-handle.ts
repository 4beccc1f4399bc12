import { StackError } from '../checkout/stack-error.ts';

/** Receives one line of output for the developer. */
export type Log = (line: string) => void;

/** A database server of the stack, started by us or external. */
export interface ServerHandle {
  readonly url: string;
  readonly port: number;
  /** Process id; null while the server is down, and always for an external one. */
  readonly pid: number | null;
  /** One line: which program and where. */
  readonly description: string;
  /** After `kill`: starts it again on the same port with the same data. Does nothing while it runs. */
  start(): Promise<void>;
  /**
   * Stops the server in order. An ephemeral one removes its data; a persistent one frees its folder. Safe to
   * call twice.
   */
  stop(): Promise<void>;
  /** Sends a signal to the server process; resolves when it has ended, or at once for SIGSTOP and SIGCONT. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Returns a handle of an external server: it is used, never started or stopped. */
export function externalServer(name: string, variable: string, url: string, usualPort: number): ServerHandle {
  const notOurs = () =>
    Promise.reject(
      new StackError(
        `${name} at ${variable} is not ours to start or kill.`,
        `Unset ${variable} to use the bundled one.`,
      ),
    );
  // With several hosts, as of Sentinels, the address is no URL.
  const { port, hostname } = URL.canParse(url) ? new URL(url) : { port: '', hostname: 'several hosts' };
  return {
    url,
    port: port === '' ? usualPort : Number(port),
    pid: null,
    description: `${name}: ${hostname} as ${variable} says`,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    kill: notOurs,
  };
}
