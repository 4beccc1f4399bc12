import { type AddressInfo, createServer } from 'node:net';
import { NO_DISTANCE } from '../../link/link.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { CallEntry, CallReport } from '../leg/call-report.ts';
import type { PlaceCallOptions } from '../leg/place-call-options.ts';
import { TwilioSimulator, type TwilioSimulatorOptions } from '../twilio-simulator.ts';
import { FakeApplication } from './fake-application.ts';

export const AUTH_TOKEN = 'a-token-for-specs';
export const CALLER = '+14155550100';
export const NUMBER = '+14155550199';

/** A fake application and a simulator that calls it, with TwiML time at a hundred times real. */
export class Bench {
  readonly app: FakeApplication;
  readonly simulator: TwilioSimulator;

  private constructor(app: FakeApplication, simulator: TwilioSimulator) {
    this.app = app;
    this.simulator = simulator;
  }

  static async open(options: Partial<TwilioSimulatorOptions> = {}): Promise<Bench> {
    const app = new FakeApplication();
    await app.start();
    const simulator = new TwilioSimulator({
      authToken: AUTH_TOKEN,
      speed: 100,
      callsPerSecond: 1000,
      link: NO_DISTANCE,
      ...options,
    });
    await simulator.start();
    return new Bench(app, simulator);
  }

  async close(): Promise<void> {
    await this.simulator.stop();
    await this.app.stop();
  }

  /** Calls with this body as the first document. */
  dial(body: string, options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    this.app.on('/voice', `<Response>${body}</Response>`);
    return this.call(options);
  }

  call(options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    return this.simulator.placeCall({
      from: CALLER,
      to: NUMBER,
      voiceUrl: `${this.app.url}/voice`,
      ...options,
    });
  }

  /** `<Connect><Stream>` to the fake application. */
  connect(connectAttributes = '', streamAttributes = '', parameters = ''): string {
    return (
      `<Connect ${connectAttributes}><Stream url="${this.app.streamUrl}/media/x" ` +
      `${streamAttributes}>${parameters}</Stream></Connect>`
    );
  }

  /** A request of Twilio's REST API, with the right password. */
  async rest(
    path: string,
    form?: Record<string, string> | [string, string][],
  ): Promise<{ status: number; body: Record<string, unknown> }> {
    const { accountSid, apiBaseUrl } = this.simulator;
    const response = await fetch(`${apiBaseUrl}/2010-04-01/Accounts/${accountSid}/${path}`, {
      headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${AUTH_TOKEN}`).toString('base64')}` },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

export function codes(report: CallReport): number[] {
  return report.errors.map((error) => error.code);
}

export function entries<K extends CallEntry['kind']>(
  report: CallReport,
  kind: K,
): Extract<CallEntry, { kind: K }>[] {
  return report.timeline.filter((entry) => entry.kind === kind) as Extract<CallEntry, { kind: K }>[];
}

/** Resolves to the first timeline entry of a kind, past or future. */
export function firstEntry<K extends CallEntry['kind']>(
  call: SimulatedCall,
  kind: K,
): Promise<Extract<CallEntry, { kind: K }>> {
  return new Promise((resolve) => {
    const known = call.journal.entries.find((entry) => entry.kind === kind);
    if (known) return resolve(known as Extract<CallEntry, { kind: K }>);
    const stop = call.listen((entry) => {
      if (entry.kind !== kind) return;
      stop();
      resolve(entry as Extract<CallEntry, { kind: K }>);
    });
  });
}

/** Waits for the other side of a socket to have done its part; gives up after four seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 2000; i += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error('Timed out.');
}

/** Returns a `127.0.0.1:port` without a listener. */
export async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `127.0.0.1:${port}`;
}
