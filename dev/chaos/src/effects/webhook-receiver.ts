import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Current behaviour of a receiver. */
interface ReceiverBehaviour {
  /** Share of requests answered with an error, or not at all. */
  readonly errors: number;
  /** Delay before each response, in ms. */
  readonly delayMs: number;
  /** Whether it answers every delivery with a request to wait. */
  readonly isBusy: boolean;
}

export const WELL: ReceiverBehaviour = { errors: 0, delayMs: 0, isBusy: false };

/** One event at the receiver: its deliveries, and the number of times it was accepted. */
interface Kept {
  readonly body: string;
  readonly tries: number;
  readonly accepted: number;
}

const BUSY_S = 3;
const ERRORS: readonly ((response: ServerResponse) => void)[] = [
  (response) => response.writeHead(500).end(),
  (response) => response.writeHead(404).end(),
  (response) => response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end(),
  (response) => response.destroy(),
];

/**
 * A business system that receives events and fails: errors, absence, slowness. It verifies and keeps
 * everything it receives.
 */
export class WebhookReceiver {
  /** Number of requests with a wrong signature, and of events whose body changed between attempts. */
  forged = 0;
  changed = 0;
  mood = WELL;
  private readonly kept = new Map<string, Kept>();
  private key: Buffer = Buffer.alloc(0);
  private server: Server | null = null;
  private port = 0;

  constructor(private readonly random: () => number) {}

  /** Starts listening; returns its address. */
  async listen(): Promise<string> {
    const server = createServer(
      (request, response) => void this.take(request, response).catch(() => response.destroy()),
    );
    this.server = server;
    await new Promise<void>((listening) => server.listen(this.port, '127.0.0.1', listening));
    this.port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}/events`;
  }

  /** Stops listening and breaks its connections. */
  async stopListening(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    await new Promise<void>((closed) => (server ? server.close(() => closed()) : closed()));
  }

  knows(secret: string): void {
    this.key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  }

  get acceptedIds(): string[] {
    return [...this.kept].filter(([, { accepted }]) => accepted > 0).map(([id]) => id);
  }

  /** Deliveries of all events. */
  get tries(): number {
    return [...this.kept.values()].reduce((sum, { tries }) => sum + tries, 0);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const id = String(request.headers['webhook-id']);
    if (!this.isGenuine(request, id, body)) {
      this.forged += 1;
      return void response.writeHead(401).end();
    }
    const known = this.kept.get(id) ?? { body, tries: 0, accepted: 0 };
    if (known.body !== body) this.changed += 1;
    const { errors, delayMs, isBusy } = this.mood;
    const isError = this.random() < errors;
    this.kept.set(id, { ...known, tries: known.tries + 1 });
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (isBusy) return void response.writeHead(429, { 'retry-after': String(BUSY_S) }).end();
    if (isError) return void ERRORS[Math.floor(this.random() * ERRORS.length)]?.(response);
    if (response.destroyed) return;
    const current = this.kept.get(id) ?? known;
    this.kept.set(id, { ...current, accepted: current.accepted + 1 });
    response.writeHead(204).end();
  }

  private isGenuine({ headers }: IncomingMessage, id: string, body: string): boolean {
    const expected = createHmac('sha256', this.key)
      .update(`${id}.${String(headers['webhook-timestamp'])}.${body}`)
      .digest();
    const given = String(headers['webhook-signature'])
      .split(' ')
      .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'));
    return given.some(
      (signature) => signature.length === expected.length && timingSafeEqual(signature, expected),
    );
  }
}
