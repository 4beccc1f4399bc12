import { randomUUID } from 'node:crypto';
import type { Clock } from '@tandem/kit';
import { rfc2822 } from '../reference/sids.ts';
import type { FormFields } from '../webhook/signature.ts';
import type { HttpMethod } from '../webhook/webhook-request.ts';

export type ProgressEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

export const PROGRESS_EVENTS: readonly ProgressEvent[] = ['initiated', 'ringing', 'answered', 'completed'];

export interface StatusCallbackConfig {
  readonly url: string;
  readonly method?: HttpMethod;
  /** Default: `completed` only. */
  readonly events?: readonly ProgressEvent[];
}

/** Faults of the callbacks. */
export interface CallbackFaults {
  /** Each callback, about the call and about its streams, is delivered this many times, 1 to 5. */
  readonly copies?: number;
  /** Each delivery waits a random time between these two, in real ms; enough spread shuffles them. */
  readonly delayMs?: readonly [from: number, to: number];
  /** `shuffled`: all are held back until the call is over and then go out at once in random order. */
  readonly order?: 'as-fired' | 'shuffled';
}

export interface CallbackSenderOptions {
  readonly config: StatusCallbackConfig;
  readonly faults: CallbackFaults;
  readonly clock: Clock;
  readonly random: () => number;
  readonly send: (
    url: string,
    method: HttpMethod,
    fields: FormFields,
    idempotencyToken: string,
  ) => Promise<void>;
}

/** Fires the status callbacks of one call: each event once and in order, unless faults say otherwise. */
export class CallbackSender {
  private readonly options: CallbackSenderOptions;
  private readonly held: (() => Promise<void>)[] = [];
  private readonly pending: Promise<void>[] = [];
  private sequence = 0;

  constructor(options: CallbackSenderOptions) {
    this.options = options;
  }

  fire(event: ProgressEvent, fields: FormFields): void {
    const { config, faults, clock } = this.options;
    if (!(config.events ?? ['completed']).includes(event)) return;
    const numbered = {
      ...fields,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(this.sequence),
      Timestamp: rfc2822(clock.wallTime()),
    };
    this.sequence += 1;
    const token = randomUUID();
    for (let copy = 0; copy < (faults.copies ?? 1); copy += 1) {
      const deliver = () => this.deliver(numbered, token);
      if (faults.order === 'shuffled') this.held.push(deliver);
      else this.pending.push(deliver());
    }
  }

  /** Sends the deliveries held back and waits for all of them: the call is over. */
  async finish(): Promise<void> {
    while (this.held.length > 0) {
      const [deliver] = this.held.splice(Math.floor(this.options.random() * this.held.length), 1);
      if (deliver) this.pending.push(deliver());
    }
    await Promise.all(this.pending.splice(0));
  }

  private async deliver(fields: FormFields, token: string): Promise<void> {
    const { config, faults, clock, random, send } = this.options;
    if (faults.delayMs) {
      const [from, to] = faults.delayMs;
      await new Promise<void>((resolve) => void clock.after(from + random() * (to - from), resolve));
    }
    await send(config.url, config.method ?? 'POST', fields, token);
  }
}
