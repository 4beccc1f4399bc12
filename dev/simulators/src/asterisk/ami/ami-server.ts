import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { PbxServices } from '../channel/pbx-services.ts';
import { AMI_ACTIONS, type AmiAnswer, type Originate } from './ami-actions.ts';
import { amiEvent } from './ami-events.ts';
import { type AmiAction, readAction, writePacket } from './ami-message.ts';

export interface AmiSettings {
  readonly username: string;
  readonly secret: string;
}

/** Faults between AMI and a client. */
export interface AmiFaults {
  /** Actions are read and not answered. */
  isSilent: boolean;
}

/** Wait before a login is refused, against guessing. */
const REFUSAL_MS = 1_000;
/** Longer lines are no AMI (`AST_MAX_MANHEADER_LEN`). */
const LONGEST_LINE = 1_024;

/** Asterisk's manager interface: text over TCP. */
export class AmiServer {
  readonly faults: AmiFaults = { isSilent: false };
  /** Number of logins that were accepted. */
  logins = 0;
  private readonly settings: AmiSettings;
  private readonly services: PbxServices;
  private readonly originate: Originate;
  private readonly server: Server;
  private readonly sessions = new Set<AmiSession>();
  private stopListening: (() => void) | null = null;

  constructor(settings: AmiSettings, services: PbxServices, originate: Originate) {
    this.settings = settings;
    this.services = services;
    this.originate = originate;
    this.server = createServer((socket) => this.accept(socket));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async start(host: string, port: number): Promise<void> {
    this.server.listen(port, host);
    await once(this.server, 'listening');
    this.stopListening = this.services.events.listen((event) => {
      const fields = amiEvent(event);
      if (fields) for (const session of this.sessions) session.tell(fields);
    });
  }

  async stop(): Promise<void> {
    this.stopListening?.();
    this.cut();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** Breaks all connections. */
  cut(): void {
    for (const session of this.sessions) session.socket.destroy();
  }

  /** Sends all who are logged in an event. */
  tell(fields: readonly (readonly [string, string])[]): void {
    for (const session of this.sessions) session.tell(fields);
  }

  private accept(socket: Socket): void {
    const session = new AmiSession(socket, (action) => this.perform(session, action));
    this.sessions.add(session);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sessions.delete(session));
  }

  private perform(session: AmiSession, action: AmiAction): void {
    if (this.faults.isSilent) return;
    const name = action.get('action') ?? '';
    if (name.toLowerCase() === 'login') return this.logIn(session, action);
    if (name.toLowerCase() === 'logoff') return session.end();
    if (!session.isLoggedIn) return session.answer(action, { isError: true, message: 'Permission denied' });
    if (name === '') return session.answer(action, { isError: true, message: 'Missing action in request' });
    const perform = AMI_ACTIONS.get(name.toLowerCase());
    const message = `Invalid/unknown command: ${name}. Use Action: ListCommands to show available commands.`;
    const { services, originate } = this;
    session.answer(action, perform ? perform(action, { services, originate }) : { isError: true, message });
  }

  private logIn(session: AmiSession, action: AmiAction): void {
    const { username, secret } = this.settings;
    if (action.get('username') === username && action.get('secret') === secret) {
      this.logins += 1;
      session.isLoggedIn = true;
      session.wantsEvents = (action.get('events') ?? 'on').toLowerCase() !== 'off';
      session.answer(action, { message: 'Authentication accepted' });
      return session.tell([
        ['Event', 'FullyBooted'],
        ['Privilege', 'system,all'],
        ['Status', 'Fully Booted'],
      ]);
    }
    this.services.clock.after(REFUSAL_MS / this.services.speed, () => {
      session.answer(action, { isError: true, message: 'Authentication failed' });
      session.end();
    });
  }
}

/** One connection of a client. */
class AmiSession {
  readonly socket: Socket;
  private readonly onAction: (action: AmiAction) => void;
  private text = '';
  private lines: string[] = [];
  isLoggedIn = false;
  wantsEvents = false;

  constructor(socket: Socket, onAction: (action: AmiAction) => void) {
    this.socket = socket;
    this.onAction = onAction;
    socket.setEncoding('utf8');
    socket.write('Asterisk Call Manager/11.0.0\r\n');
    socket.on('data', (piece: string) => this.read(piece));
  }

  answer(action: AmiAction, { isError = false, message, fields = [] }: AmiAnswer): void {
    const id = action.get('actionid');
    this.write([
      ['Response', isError ? 'Error' : 'Success'],
      ...(id === undefined ? [] : ([['ActionID', id]] as const)),
      ...(message === undefined ? [] : ([['Message', message]] as const)),
      ...fields,
    ]);
  }

  tell(fields: readonly (readonly [string, string])[]): void {
    if (this.isLoggedIn && this.wantsEvents) this.write(fields);
  }

  end(): void {
    this.socket.end();
  }

  private write(fields: readonly (readonly [string, string])[]): void {
    if (this.socket.writable) this.socket.write(writePacket(fields));
  }

  private read(piece: string): void {
    this.text += piece;
    for (let end = this.text.indexOf('\n'); end >= 0; end = this.text.indexOf('\n')) {
      const line = this.text.slice(0, end).replace(/\r$/, '');
      this.text = this.text.slice(end + 1);
      if (line !== '') this.lines.push(line);
      else if (this.lines.length > 0) this.onAction(readAction(this.lines.splice(0)));
    }
    if (this.text.length > LONGEST_LINE) this.socket.destroy();
  }
}
