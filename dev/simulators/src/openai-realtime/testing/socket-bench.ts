import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { NO_DISTANCE } from '../../link/link.ts';
import type { RealtimeSimulatorOptions, RunningAt } from '../control/simulator-options.ts';
import { RealtimeSimulator } from '../realtime-simulator.ts';
import type { SimulatedSession } from '../session/simulated-session.ts';
import type { JsonObject, Typed } from '../wire/json.ts';

export const BEARER = { authorization: 'Bearer sk-test' };

/** A WebSocket client that records what it receives. */
class SocketClient {
  readonly ws: WebSocket;
  readonly received: Typed[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, headers: Record<string, string> = BEARER) {
    this.ws = new WebSocket(url, { headers });
    this.ws.on('error', () => undefined);
    this.ws.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString()) as Typed));
    this.closed = new Promise((resolve) =>
      this.ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  async opened(): Promise<this> {
    await once(this.ws, 'open');
    return this;
  }

  send(event: JsonObject): void {
    this.ws.send(JSON.stringify(event));
  }
}

/** A simulator without network delay and its clients, for specs that need real sockets. */
export class SocketBench {
  simulator!: RealtimeSimulator;
  at!: RunningAt;
  private readonly clients: SocketClient[] = [];

  async start(options: RealtimeSimulatorOptions = {}): Promise<void> {
    this.simulator = new RealtimeSimulator({
      selfCheck: true,
      link: NO_DISTANCE,
      pace: { firstByteMs: 5, audioRate: 100 },
      ...options,
    });
    this.at = await this.simulator.start();
  }

  async stop(): Promise<void> {
    for (const client of this.clients.splice(0)) client.ws.terminate();
    await this.simulator.stop();
  }

  get modelUrl(): string {
    return `${this.at.url}?model=gpt-realtime-2.1`;
  }

  client(url = this.modelUrl, headers: Record<string, string> = BEARER): SocketClient {
    const client = new SocketClient(url, headers);
    this.clients.push(client);
    return client;
  }

  /** Connects a client; returns it with its session in the simulator. */
  async connect(
    url = this.modelUrl,
    headers: Record<string, string> = BEARER,
  ): Promise<{ client: SocketClient; session: SimulatedSession }> {
    const number = this.simulator.openedSessions + 1;
    const client = await this.client(url, headers).opened();
    return { client, session: await this.simulator.waitForSession((session) => session.number === number) };
  }

  /** Opens a session over a bare TCP connection, without a WebSocket client; returns its socket. */
  upgradedSocket(): Promise<Socket> {
    const headers = {
      ...BEARER,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16, 1).toString('base64'),
    };
    const request = httpRequest(this.modelUrl.replace('ws:', 'http:'), { headers }).end();
    return new Promise((resolve) => request.on('upgrade', (_response, socket) => resolve(socket)));
  }
}

/** Returns the HTTP response to a handshake that must not succeed. */
export function refusedHandshake(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const ws = new WebSocket(url, { headers });
  ws.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    ws.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve(response);
    });
    ws.on('open', () => reject(new Error('The handshake was accepted.')));
  });
}
