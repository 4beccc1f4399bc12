import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown, type OnModuleInit, type Provider } from '@nestjs/common';
import type { Gauge } from 'prom-client';
import { Readiness, type Finding, type Weight } from '../health/readiness.ts';
import { Metrics } from '../telemetry/metrics.ts';

/** The state of a resource: one word for metrics, and one sentence on what is wrong, or null. */
export interface ResourceState {
  readonly state: string;
  readonly problem: string | null;
  /** Waiting does not help: `open` throws. */
  readonly isUnsuitable?: boolean;
}

/** A connection to something outside, as its library describes it. */
export interface ManagedResourceOptions<Value> {
  /** Its name in readiness and logs. */
  readonly name: string;
  readonly value: Value;
  /**
   * Connects, however long it takes; gives up when `signal` aborts.
   * @throws DependencyUnsuitable when what is there cannot be used as it is set up
   */
  open(signal: AbortSignal, onFault: (code: string) => void): Promise<void>;
  close(): Promise<void>;
  /** Returns what is wrong, or null. Every probe and scrape calls it: it must cost little. */
  problem(): Promise<Finding>;
  /** Reports each change of state, where the resource notices changes by itself. */
  onChange?(listener: (state: ResourceState) => void): void;
}

/**
 * How long the start waits for resources before the port opens without them; the service is then not ready.
 */
const START_WAIT_MS = 3_000;

/**
 * Opens a resource with the service, closes it last, registers its readiness check, and logs each change of
 * state once. Resources connect side by side from the moment they are made.
 */
class ManagedResource implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Resource');
  private readonly stopping = new AbortController();
  private readonly states: Gauge<'dependency' | 'state'>;
  private readonly startedAt = performance.now();
  private readonly opened: Promise<void>;
  private state: string | null = null;
  private isOpen = false;
  private isStarted = false;
  private readonly toldFaults = new Set<string>();

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
    resource.onChange?.((state) => this.changed(state));
    this.opened = resource
      .open(this.stopping.signal, (code) => this.failed(code))
      .then(() => this.succeeded());
    this.opened.catch(
      (error: Error) => this.isStarted && this.logger.error({ resource: this.resource.name }, error.message),
    );
  }

  /** @throws DependencyUnsuitable within the wait */
  async onModuleInit(): Promise<void> {
    const waitMs = Math.max(0, START_WAIT_MS - (performance.now() - this.startedAt));
    // Before the port is open this timer may be the only thing that keeps the process alive.
    const waited = new AbortController();
    await Promise.race([
      this.opened,
      sleep(waitMs, undefined, { signal: waited.signal }).then(() => this.startWithout()),
    ]);
    waited.abort();
    this.isStarted = true;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.resource.close();
  }

  private failed(code: string, problem?: string): void {
    if (!this.toldFaults.has(code))
      this.logger.warn({ resource: this.resource.name, code, problem }, 'cannot connect yet; trying again');
    this.toldFaults.add(code);
  }

  private succeeded(): void {
    this.isOpen = true;
    if (this.toldFaults.size > 0 && !this.stopping.signal.aborted)
      this.logger.log({ resource: this.resource.name }, 'connected');
  }

  /** Logs that the service starts without the resource. */
  private startWithout(): void {
    if (this.toldFaults.size === 0) this.failed('no-answer');
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
 * Returns the providers of a resource: its value under `token`, and what opens and closes it.
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
