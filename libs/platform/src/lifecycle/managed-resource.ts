import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import { Readiness, type Finding, type Weight } from '../health/readiness.ts';
import { Metrics } from '../telemetry/metrics.ts';

/** How a resource stands: one word for metrics, and one sentence on what is wrong, or null. */
export interface ResourceState {
  readonly state: string;
  readonly problem: string | null;
  /** Waiting does not help: `open` throws. */
  readonly isUnsuitable?: boolean;
}

/** A connection to something outside, as its library describes it. */
export interface ManagedResourceOptions<Value> {
  /** As readiness and logs call it. */
  readonly name: string;
  readonly value: Value;
  /**
   * Connects, however long it takes; gives up when `signal` aborts.
   * @throws DependencyUnsuitable when what is there cannot be used as it is set up
   */
  open(signal: AbortSignal, onFault: (code: string) => void): Promise<void>;
  close(): Promise<void>;
  /** What is wrong, or null. Asked by every probe and scrape: it must cost little. */
  problem(): Promise<Finding>;
  /** Tells each change of how it stands, where it finds that out by itself. */
  onChange?(listener: (standing: ResourceState) => void): void;
}

/**
 * How long the start waits for a resource before the port opens without it; the service is then not ready.
 */
const START_WAIT_MS = 3_000;

/**
 * Opens a resource with the service, closes it last, lets readiness ask about it, and tells each change once.
 */
class ManagedResource implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Resource');
  private readonly stopping = new AbortController();
  private readonly states: Gauge<'dependency' | 'state'>;
  private state: string | null = null;
  private isOpen = false;
  private isStarted = false;
  private lastFault: string | null = null;

  constructor(
    private readonly resource: ManagedResourceOptions<unknown>,
    readiness: Readiness,
    metrics: Metrics,
    weight: Weight,
  ) {
    readiness.register(resource.name, () => resource.problem(), weight);
    this.states = metrics.gauge({
      name: 'tandem_dependency_state',
      help: '1 for the state a dependency is in',
      labelNames: ['dependency', 'state'],
    });
    resource.onChange?.((standing) => this.changed(standing));
  }

  /** @throws DependencyUnsuitable within the wait */
  async onModuleInit(): Promise<void> {
    const opened = this.resource
      .open(this.stopping.signal, (code) => this.failed(code))
      .then(() => this.succeeded());
    opened.catch(
      (error: Error) => this.isStarted && this.logger.error({ resource: this.resource.name }, error.message),
    );
    // Before the port is open this timer may be all that keeps the process alive.
    const waited = new AbortController();
    await Promise.race([
      opened,
      sleep(START_WAIT_MS, undefined, { signal: waited.signal }).then(() => this.goOn()),
    ]);
    waited.abort();
    this.isStarted = true;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.resource.close();
  }

  private failed(code: string, problem?: string): void {
    if (code !== this.lastFault)
      this.logger.warn({ resource: this.resource.name, code, problem }, 'cannot connect yet; trying again');
    this.lastFault = code;
  }

  private succeeded(): void {
    this.isOpen = true;
    if (this.lastFault !== null && !this.stopping.signal.aborted)
      this.logger.log({ resource: this.resource.name }, 'connected');
  }

  /** The start goes on without it. */
  private goOn(): void {
    if (this.lastFault === null) this.failed('no-answer');
  }

  private changed({ state, problem, isUnsuitable }: ResourceState): void {
    const dependency = this.resource.name;
    if (this.state !== null) this.states.set({ dependency, state: this.state }, 0);
    this.states.set({ dependency, state }, 1);
    this.state = state;
    if (this.isOpen)
      this.logger[problem === null ? 'log' : 'warn'](
        { resource: dependency, state },
        problem ?? 'available again',
      );
    else if (problem !== null && !isUnsuitable) this.failed(state, problem);
  }
}

/**
 * The providers of a resource: its value under `token`, and its keeper.
 * @param weight whether the service can work without it: see {@link Weight}
 */
export function managed<Value>(
  token: symbol,
  resource: ManagedResourceOptions<Value>,
  weight: Weight,
): Provider[] {
  const keeper = (readiness: Readiness, metrics: Metrics): ManagedResource =>
    new ManagedResource(resource, readiness, metrics, weight);
  return [
    { provide: token, useValue: resource.value },
    { provide: Symbol(`${resource.name} keeper`), useFactory: keeper, inject: [Readiness, Metrics] },
  ];
}
