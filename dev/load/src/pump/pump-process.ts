import { fork, type ChildProcess } from 'node:child_process';
import { prioritise } from '../host/machine.ts';
import type { AudioSocketTotals } from './audiosocket-call.ts';
import type { CarrierAccount } from './carrier-call.ts';
import type { CarrierTotals, Habit } from './carrier-stream.ts';
import type { Spread } from './histogram.ts';
import type { ModelTotals } from './model-session.ts';

export interface PumpFigures {
  /** Since the last reset. */
  readonly seconds: number;
  /** Streams open now, and model sessions. */
  readonly calls: number;
  readonly sessions: number;
  /** Calls not admitted since the beginning. */
  readonly refused: number;
  readonly carrier: Omit<CarrierTotals, 'latency'> & { readonly latency: Spread };
  /** Totals of calls that flood or stall. */
  readonly odd: Pick<CarrierTotals, 'framesSent' | 'lost'>;
  readonly model: Omit<ModelTotals, 'latency'> & { readonly latency: Spread };
  readonly audioSocket: Omit<AudioSocketTotals, 'spacing'> & { readonly spacing: Spread };
  /** Lateness of the driver itself. */
  readonly lateness: Spread;
  readonly coreShare: number;
}

type Answer =
  { readonly port: number } | { readonly id: number; readonly result?: unknown; readonly fault?: string };

/** The driver in its own process: places calls and plays carrier and model for them. */
export class PumpProcess {
  private counter = 0;
  private readonly waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();

  private constructor(
    private readonly child: ChildProcess,
    /** Address of the model side. */
    readonly modelUrl: string,
  ) {
    child.on('message', (answer: Answer) => this.answered(answer));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  static async start(): Promise<PumpProcess> {
    const child = fork(new URL('pump.js', import.meta.url), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    prioritise(child.pid ?? 0);
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (answer: Answer) => resolve('port' in answer ? answer.port : 0));
      child.once('exit', () => reject(new TypeError('The load driver did not start.')));
    });
    return new PumpProcess(child, `ws://127.0.0.1:${port}/v1/realtime`);
  }

  /** Resolves when the call's stream is being opened. @throws when it was refused */
  async place(account: CarrierAccount, habit: Habit = 'ordinary'): Promise<void> {
    await this.ask('place', { account, habit });
  }

  /** Opens a stream to an address that asks for no ticket. */
  async attach(url: string): Promise<void> {
    await this.ask('attach', url);
  }

  /** Opens an AudioSocket to a port that takes any UUID. */
  async attachAudioSocket(port: number, rateHz: number): Promise<void> {
    await this.ask('attachAudioSocket', { port, rateHz });
  }

  async hangUp(calls: number): Promise<void> {
    await this.ask('hangUp', calls);
  }

  /** Counts from now on. */
  async reset(): Promise<void> {
    await this.ask('reset');
  }

  async figures(): Promise<PumpFigures> {
    return (await this.ask('figures')) as PumpFigures;
  }

  stop(): void {
    this.child.disconnect();
  }

  private ask(name: string, argument?: unknown): Promise<unknown> {
    const id = ++this.counter;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.send({ id, name, argument });
    });
  }

  private answered(answer: Answer): void {
    if (!('id' in answer)) return;
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.fault === undefined) waiting?.resolve(answer.result);
    else waiting?.reject(new TypeError(answer.fault));
  }
}
