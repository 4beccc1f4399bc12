import { connect, type Socket } from 'node:net';
import { asteriskError } from './call-control.ts';
import { type AmiPacket, AmiPackets, writeAction } from './ami-packets.ts';

export interface AmiAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly secret: string;
}

/** `refused`: AMI does not take the name or the secret, which lasts until the configuration is changed. */
export type AmiState = 'connecting' | 'ready' | 'lost' | 'refused';

interface AmiConnectionOptions extends AmiAddress {
  /** Longest wait for a connection, a login or an answer. */
  readonly timeoutMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  readonly random: () => number;
  readonly onState: (state: AmiState, detail: string) => void;
}

interface Pending {
  readonly resolve: (packet: AmiPacket) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One connection to AMI that comes back by itself. A lost one is opened again after a pause that doubles,
 * with jitter so that many processes do not come at once; a refused login waits the longest pause.
 */
export class AmiConnection {
  private readonly options: AmiConnectionOptions;
  private readonly pending = new Map<string, Pending>();
  private readonly waiting = new Set<() => void>();
  private socket: Socket | null = null;
  private packets = new AmiPackets();
  private state: AmiState = 'lost';
  private detail = 'never connected';
  private pauseMs: number;
  private retry: NodeJS.Timeout | null = null;
  private patience: NodeJS.Timeout | null = null;
  private nextId = 0;
  private isClosed = false;

  constructor(options: AmiConnectionOptions) {
    this.options = options;
    this.pauseMs = options.firstPauseMs;
  }

  open(): void {
    if (!this.isClosed && !this.socket && !this.retry) this.dial();
  }

  close(): void {
    this.isClosed = true;
    if (this.retry) clearTimeout(this.retry);
    this.retry = null;
    this.drop('closed');
  }

  /** Sends an action and returns its answer. @throws ProviderError when there is none in time */
  async ask(fields: Readonly<Record<string, string>>): Promise<AmiPacket> {
    this.open();
    await this.untilReady();
    return this.send(fields);
  }

  private dial(): void {
    const { host, port, timeoutMs } = this.options;
    this.change('connecting', `${host}:${port}`);
    this.packets = new AmiPackets();
    const socket = connect({ host, port });
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 30_000);
    socket.on('data', (piece: unknown) => this.read(socket, String(piece)));
    socket.on('error', (error: Error) => this.lose(socket, error.message));
    socket.on('close', () => this.lose(socket, 'the connection was closed'));
    socket.once('connect', () => this.logIn(socket));
    this.patience = setTimeout(() => this.lose(socket, `no login within ${timeoutMs} ms`), timeoutMs);
    this.patience.unref();
  }

  private logIn(socket: Socket): void {
    const { username, secret } = this.options;
    this.send({ Action: 'Login', Username: username, Secret: secret, Events: 'off' }).then(
      (answer) => this.loggedIn(socket, answer),
      (error: unknown) => this.lose(socket, error instanceof Error ? error.message : 'no login'),
    );
  }

  private loggedIn(socket: Socket, answer: AmiPacket): void {
    if (socket !== this.socket) return;
    if (answer.get('response') !== 'Success') {
      this.pauseMs = this.options.longestPauseMs;
      this.change('refused', 'AMI refused the login: check the name, the secret and permit in manager.conf');
      return this.lose(socket, this.detail);
    }
    if (this.patience) clearTimeout(this.patience);
    this.pauseMs = this.options.firstPauseMs;
    this.change('ready', 'logged in');
  }

  private read(socket: Socket, piece: string): void {
    if (socket !== this.socket) return;
    try {
      for (const packet of this.packets.push(piece)) this.take(packet);
    } catch (error) {
      this.lose(socket, error instanceof Error ? error.message : String(error));
    }
  }

  private take(packet: AmiPacket): void {
    const id = packet.get('actionid') ?? '';
    const asked = packet.has('response') ? this.pending.get(id) : undefined;
    if (!asked) return;
    this.pending.delete(id);
    clearTimeout(asked.timer);
    asked.resolve(packet);
  }

  /** An answer that does not come shows that the connection is dead, so the next action gets a new one. */
  private send(fields: Readonly<Record<string, string>>): Promise<AmiPacket> {
    const { socket } = this;
    const { timeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      if (!socket) return reject(this.unreachable());
      this.nextId += 1;
      const id = String(this.nextId);
      const timer = setTimeout(() => this.lose(socket, `no answer within ${timeoutMs} ms`), timeoutMs);
      timer.unref();
      this.pending.set(id, { resolve, reject, timer });
      socket.write(writeAction({ ...fields, ActionID: id }));
    });
  }

  private untilReady(): Promise<void> {
    if (this.state === 'ready') return Promise.resolve();
    if (this.state === 'refused') return Promise.reject(this.unreachable());
    return new Promise((resolve, reject) => {
      const decide = () => {
        if (this.state === 'connecting') return;
        clearTimeout(timer);
        this.waiting.delete(decide);
        if (this.state === 'ready') resolve();
        else reject(this.unreachable());
      };
      const timer = setTimeout(() => {
        this.waiting.delete(decide);
        reject(this.unreachable());
      }, this.options.timeoutMs);
      this.waiting.add(decide);
    });
  }

  private lose(socket: Socket, detail: string): void {
    if (socket !== this.socket) return;
    this.drop(detail);
    if (this.isClosed) return;
    const pauseMs = this.pauseMs * (0.5 + this.options.random() / 2);
    this.pauseMs = Math.min(this.pauseMs * 2, this.options.longestPauseMs);
    this.retry = setTimeout(() => {
      this.retry = null;
      this.dial();
    }, pauseMs);
    this.retry.unref();
  }

  private drop(detail: string): void {
    if (this.patience) clearTimeout(this.patience);
    this.socket?.destroy();
    this.socket = null;
    if (this.state !== 'refused') this.change('lost', detail);
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(this.unreachable());
    }
    this.pending.clear();
  }

  private change(state: AmiState, detail: string): void {
    const isNews = state !== this.state;
    this.state = state;
    this.detail = detail;
    if (isNews) this.options.onState(state, detail);
    for (const decide of [...this.waiting]) decide();
  }

  private unreachable(): Error {
    return this.state === 'refused'
      ? asteriskError('authentication', 'login-refused', `${this.detail}.`)
      : asteriskError('connectivity', 'unreachable', `AMI did not answer: ${this.detail}.`);
  }
}
