import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Parameters of a connection that PgBouncer passes on or ignores with its default settings. */
const KNOWN = new Set([
  'user',
  'database',
  'application_name',
  'client_encoding',
  'datestyle',
  'timezone',
  'standard_conforming_strings',
]);
const RESET = 'DISCARD ALL';

/**
 * A pooler as strict as PgBouncer with its default settings: it refuses other parameters of a connection. In
 * transaction mode no setting of a session outlives a transaction, as if the next one always ran on another
 * connection.
 */
export class StrictPooler {
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {}

  static async start(databaseUrl: string, mode: 'session' | 'transaction'): Promise<StrictPooler> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer((near) => {
      near.once('data', (startup: Buffer) => {
        const refused = unknownParameter(startup);
        if (refused !== null) return near.end(fatal('08P01', `unsupported startup parameter: ${refused}`));
        const far = connect(Number(port), hostname);
        pooler.keep(near, far);
        far.write(startup);
        if (mode === 'session') near.pipe(far).pipe(near);
        else new Resetting(near, far);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(databaseUrl);
    url.port = String((server.address() as AddressInfo).port);
    const pooler = new StrictPooler(url.href, server);
    return pooler;
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    return Promise.resolve();
  }

  private keep(...ends: readonly Socket[]): void {
    for (const end of ends) {
      this.sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => ends.forEach((other) => other.destroy()));
    }
  }
}

/** Forgets the session's settings after each transaction, before the client may say anything else. */
class Resetting {
  private rest: Buffer = Buffer.alloc(0);
  private held: Buffer[] = [];
  private isResetting = false;
  private isStarted = false;

  constructor(
    near: Socket,
    private readonly far: Socket,
  ) {
    near.on('data', (data: Buffer) => (this.isResetting ? this.held.push(data) : far.write(data)));
    far.on('data', (data: Buffer) => this.take(data, near));
  }

  private take(data: Buffer, near: Socket): void {
    this.rest = Buffer.concat([this.rest, data]);
    while (this.rest.length >= 5 && this.rest.length > this.rest.readInt32BE(1)) {
      const length = this.rest.readInt32BE(1) + 1;
      const message = this.rest.subarray(0, length);
      this.rest = this.rest.subarray(length);
      this.pass(message, near);
    }
  }

  private pass(message: Buffer, near: Socket): void {
    const isIdle = message.toString('latin1', 0, 1) === 'Z' && message.toString('latin1', 5, 6) === 'I';
    if (this.isResetting) {
      if (!isIdle) return;
      this.isResetting = false;
      for (const data of this.held.splice(0)) this.far.write(data);
      return;
    }
    near.write(message);
    // The first one ends the handshake.
    if (isIdle && this.isStarted) this.reset();
    if (isIdle) this.isStarted = true;
  }

  private reset(): void {
    this.isResetting = true;
    const query = Buffer.from(`Q\0\0\0\0${RESET}\0`, 'latin1');
    query.writeInt32BE(query.length - 1, 1);
    this.far.write(query);
  }
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html: StartupMessage. */
function unknownParameter(startup: Buffer): string | null {
  const parts = startup.toString('utf8', 8).split('\0');
  for (let index = 0; parts[index]; index += 2)
    if (!KNOWN.has(parts[index]?.toLowerCase() ?? '')) return parts[index] ?? null;
  return null;
}

function fatal(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
