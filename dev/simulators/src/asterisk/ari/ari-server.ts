import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ChannelEvent } from '../channel/channel-events.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import { ariChannel } from './ari-json.ts';
import { performAri } from './ari-resources.ts';

export interface AriSettings {
  readonly username: string;
  readonly password: string;
}

/** Asterisk's REST interface: HTTP with Basic authentication; a WebSocket with an application's events. */
export class AriServer {
  private readonly settings: AriSettings;
  private readonly services: PbxServices;
  private readonly stasisApps: Set<string>;
  private readonly server: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly listeners = new Map<WebSocket, string>();
  private stopListening: (() => void) | null = null;

  constructor(settings: AriSettings, services: PbxServices, stasisApps: Set<string>) {
    this.settings = settings;
    this.services = services;
    this.stasisApps = stasisApps;
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '', 'http://localhost');
      const app = url.searchParams.get('app') ?? '';
      const isRight = url.pathname === '/ari/events' && app !== '' && this.isAllowed(request, url);
      if (isRight) this.sockets.handleUpgrade(request, socket, head, (client) => this.listen(client, app));
      else socket.end(`HTTP/1.1 ${app === '' ? '400 Bad Request' : '401 Unauthorized'}\r\n\r\n`);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(host: string, port: number): Promise<void> {
    this.server.listen(port, host);
    await once(this.server, 'listening');
    this.stopListening = this.services.events.listen((event) => this.tell(event));
  }

  async stop(): Promise<void> {
    this.stopListening?.();
    for (const client of this.listeners.keys()) client.terminate();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (!this.isAllowed(request, url)) {
      response.setHeader('www-authenticate', 'Basic realm="Asterisk REST Interface"');
      return send(response, 401, { message: 'Authentication required' });
    }
    const [root, ...path] = url.pathname.split('/').slice(1).map(decodeURIComponent);
    if (root !== 'ari') return send(response, 404, { message: 'Resource not found' });
    const { services } = this;
    const { status, body } = performAri(request.method ?? 'GET', { path, query: url.searchParams, services });
    send(response, status, body);
  }

  private isAllowed(request: IncomingMessage, url: URL): boolean {
    const { username, password } = this.settings;
    const wanted = `${username}:${password}`;
    const [scheme = '', encoded = ''] = (request.headers.authorization ?? '').split(' ');
    if (scheme.toLowerCase() === 'basic') return Buffer.from(encoded, 'base64').toString() === wanted;
    return url.searchParams.get('api_key') === wanted;
  }

  private listen(client: WebSocket, app: string): void {
    this.listeners.set(client, app);
    this.stasisApps.add(app);
    client.on('close', () => {
      this.listeners.delete(client);
      if (![...this.listeners.values()].includes(app)) this.stasisApps.delete(app);
    });
  }

  /** Tells an application what happens to its channels. */
  private tell(event: ChannelEvent): void {
    const { channel } = event;
    const app = event.kind === 'stasis-end' ? event.app : channel.stasisApp;
    const type = EVENT_TYPES[event.kind];
    if (app === null || type === undefined) return;
    const { clock } = this.services;
    const message = {
      type,
      application: app,
      timestamp: new Date(clock.wallTime()).toISOString(),
      channel: ariChannel(channel, clock.wallTime()),
      ...(event.kind === 'stasis-start' && { args: event.args }),
    };
    for (const [client, listens] of this.listeners) if (listens === app) client.send(JSON.stringify(message));
  }
}

const EVENT_TYPES: Readonly<Partial<Record<ChannelEvent['kind'], string>>> = {
  'stasis-start': 'StasisStart',
  'stasis-end': 'StasisEnd',
  state: 'ChannelStateChange',
  hangup: 'ChannelDestroyed',
};

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  if (body === null) return void response.end();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
