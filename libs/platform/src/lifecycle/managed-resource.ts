import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import { Readiness, type Finding, type Weight } from '../health/readiness.ts';

/** A connection to something outside, as its library describes it. */
export interface Resource<Value> {
  /** As readiness and logs call it. */
  readonly name: string;
  readonly value: Value;
  /** Connects, however long it takes; gives up when `signal` aborts. */
  open(signal: AbortSignal, onFault: (code: string) => void): Promise<void>;
  close(): Promise<void>;
  /** What is wrong, or null. Asked by every probe and scrape: it must cost little. */
  problem(): Promise<Finding>;
}

/** How long the start waits for a resource before the port opens without it; the service is then not ready. */
const START_WAIT_MS = 3_000;

/** Opens a resource with the service, closes it last, and lets readiness ask about it. */
class ManagedResource implements OnModuleInit, OnApplicationShutdown {
  private readonly stopping = new AbortController();

  constructor(
    private readonly resource: Resource<unknown>,
    readiness: Readiness,
    weight: Weight,
  ) {
    readiness.register(resource.name, () => resource.problem(), weight);
  }

  async onModuleInit(): Promise<void> {
    const logger = new Logger('Resource');
    const { name } = this.resource;
    const opened = this.resource.open(this.stopping.signal, (code) => logger.warn({ resource: name, code }, 'cannot connect yet; trying again'));
    await Promise.race([opened, sleep(START_WAIT_MS, undefined, { ref: false })]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.resource.close();
  }
}

/**
 * The providers of a resource: its value under `token`, and its keeper.
 * @param weight whether the service can work without it: see {@link Weight}
 */
export function managed<Value>(token: symbol, resource: Resource<Value>, weight: Weight): Provider[] {
  return [
    { provide: token, useValue: resource.value },
    { provide: Symbol(`${resource.name} keeper`), useFactory: (readiness: Readiness) => new ManagedResource(resource, readiness, weight), inject: [Readiness] },
  ];
}
