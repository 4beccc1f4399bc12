import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tandemFolder } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { Claim } from '../process/folder-claim.ts';
import type { Log, ServerHandle } from '../process/server-handle.ts';
import { removeRunFile, runClaimFile, runFileIn, writeRunFile } from './run-file.ts';
import { ServiceProcess } from './service-process.ts';
import { exitText, type ServiceExit, type ServiceSpec } from './service-spec.ts';

/** 128 + the signal's number, as a shell reports it. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

export interface SupervisorOptions {
  readonly log?: Log;
  /** Folder of `.tandem`: logs and run.json. */
  readonly folder?: string;
  /** The stack's own servers, stopped after the services in the given order's reverse. */
  readonly postgres?: ServerHandle;
  readonly redis?: ServerHandle;
  /** The address carriers reach this stack under; null for its own. */
  readonly publicUrl?: string | null;
  /** Receives each line a service writes. */
  readonly echo?: (instance: string, line: string) => void;
  /** False for a stack beside the usual one (tests, demo): neither run.json nor log files. */
  readonly isPublished?: boolean;
  /**
   * Whether a service that ends unexpectedly is started again: a second later, five times within a minute.
   */
  readonly isReviving?: boolean;
  /** Called when a service ends unexpectedly. */
  readonly onUnexpectedExit?: (told: ServiceExit) => void;
}

/** A signal repeated within this time counts as one. */
const SAME_SIGNAL_MS = 500;
const LAST_WORDS_MS = 1_000;
const REVIVALS = { afterMs: 1_000, most: 5, withinMs: 60_000 };

/**
 * Runs the service processes of a stack. A service must: on start, `process.send({ kind: 'listening', port
 * })` over the IPC channel; return 200 at /readyz once it can work (on `managementPort`, where the message
 * names one); end on SIGTERM, and on `disconnect` of that channel, which means that the supervisor is gone.
 */
export class Supervisor {
  private readonly services = new Map<string, ServiceProcess>();
  /** Times at which each instance ended by itself within the last minute. */
  private readonly ends = new Map<string, readonly number[]>();
  private readonly options: SupervisorOptions;
  private readonly folder: string;
  private readonly runFile: string;
  private claim: Claim | null = null;
  private stopping: Promise<void> | null = null;

  constructor(options: SupervisorOptions = {}) {
    this.options = options;
    this.folder = options.folder ?? tandemFolder;
    this.runFile = runFileIn(this.folder);
    if (options.isPublished === false) return;
    const claim = Claim.attempt(runClaimFile(this.folder));
    if (!(claim instanceof Claim)) {
      throw new StackError(
        `Another stack is running in this folder (process ${claim.launcher.pid}).`,
        'Use that one, or end it first.',
      );
    }
    this.claim = claim;
    this.publish();
  }

  /**
   * Starts services side by side and waits until all are ready.
   * @throws StackError for the first that does not; the others stay as they are until `stop`
   */
  async start(specs: readonly ServiceSpec[]): Promise<void> {
    const begun = specs.map((spec) => this.add(spec));
    const outcomes = await Promise.allSettled(begun.map((service) => service.start()));
    this.publish();
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Ends the instance if it runs and starts it with the settings it had, but for the ones given. */
  async restart(instance: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const service = this.find(instance);
    await service.end();
    if (this.stopping) throw new StackError('The stack is being stopped.', 'Start a new one.');
    await service.start(env);
    this.publish();
  }

  /**
   * Sends a signal to one instance; resolves when it has ended, or at once for SIGSTOP and SIGCONT. Not
   * reported as unexpected.
   */
  async kill(instance: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.find(instance).kill(signal);
    this.publish();
  }

  pidOf(instance: string): number | null {
    return this.find(instance).pid;
  }

  /** Ports of an instance by name; `http` is the one it announced. */
  portsOf(instance: string): Readonly<Record<string, number>> {
    return this.find(instance).ports;
  }

  /** Returns the port of an instance's /readyz and /metrics. */
  managementPortOf(instance: string): number {
    const { management, http = 0 } = this.find(instance).ports;
    return management ?? http;
  }

  /** The instances, running or not. */
  get instances(): readonly string[] {
    return [...this.services.keys()];
  }

  /**
   * Services first (side by side: SIGTERM, grace, SIGKILL), then Redis, then PostgreSQL. Safe to call at any
   * time and twice.
   */
  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  /**
   * Stops in order on SIGTERM, Ctrl-C and a closed terminal, then ends this process; a second Ctrl-C leaves
   * the rest to the guards. One Ctrl-C may arrive twice: from the terminal, and passed on by the parent
   * process.
   * @param lastWords returns a note for the developer; left out when it takes longer than a second
   */
  stopOnSignals(lastWords: () => Promise<string | null> = () => Promise.resolve(null)): void {
    let toldAt: number | null = null;
    for (const signal of Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]) {
      process.on(signal, () => {
        const isSame = toldAt !== null && Date.now() - toldAt < SAME_SIGNAL_MS;
        if (isSame) return;
        if (toldAt !== null || this.stopping) process.exit(EXIT_CODES[signal]);
        toldAt = Date.now();
        void this.stopSaying(signal, lastWords).then(
          () => process.exit(EXIT_CODES[signal]),
          (error: unknown) => {
            this.say(`stopping failed: ${String(error)}`);
            process.exit(1);
          },
        );
      });
    }
  }

  private async stopSaying(signal: string, lastWords: () => Promise<string | null>): Promise<void> {
    const words = await Promise.race([
      lastWords().catch(() => null),
      sleep(LAST_WORDS_MS, null, { ref: false }),
    ]);
    this.say(`stopping (${signal})${words === null ? '' : `: ${words}`}`);
    await this.stop();
  }

  private async stopInOrder(): Promise<void> {
    const faults: unknown[] = [];
    const ended = await Promise.allSettled([...this.services.values()].map((service) => service.end()));
    for (const outcome of ended) if (outcome.status === 'rejected') faults.push(outcome.reason);
    for (const server of [this.options.redis, this.options.postgres]) {
      await server?.stop().catch((error: unknown) => faults.push(error));
    }
    if (this.claim) removeRunFile(this.runFile);
    this.claim?.release();
    if (faults.length > 0) throw new AggregateError(faults, 'Not everything could be stopped.');
  }

  private add(spec: ServiceSpec): ServiceProcess {
    if (this.stopping) throw new StackError('The stack is being stopped.', 'Start a new one.');
    if (this.services.has(spec.instance))
      throw new StackError(
        `There is an instance "${spec.instance}" already.`,
        'Give each instance its own name.',
      );
    const { echo, isPublished } = this.options;
    const service = new ServiceProcess(spec, {
      logFile:
        isPublished === false ? null : join(this.folder, 'logs', `${spec.service}-${spec.instance}.log`),
      ...(echo ? { onLine: (line: string) => echo(spec.instance, line) } : {}),
      onUnexpectedExit: (told) => this.tellExit(told),
    });
    this.services.set(spec.instance, service);
    return service;
  }

  private find(instance: string): ServiceProcess {
    const service = this.services.get(instance);
    if (!service)
      throw new StackError(
        `There is no instance "${instance}".`,
        `There are: ${this.instances.join(', ') || 'none'}.`,
      );
    return service;
  }

  private tellExit(told: ServiceExit): void {
    this.publish();
    this.say(
      `${told.instance} ended unexpectedly (${exitText(told.exit)}). ` +
        `${told.logFile ? `Its whole output is in ${told.logFile}. ` : ''}The last lines:\n${told.lastLines}`,
    );
    this.options.onUnexpectedExit?.(told);
    if (this.options.isReviving) void this.revive(told.instance);
  }

  private async revive(instance: string): Promise<void> {
    const ends = [...(this.ends.get(instance) ?? []), Date.now()].filter(
      (at) => at > Date.now() - REVIVALS.withinMs,
    );
    this.ends.set(instance, ends);
    if (ends.length > REVIVALS.most)
      return this.say(
        `${instance} has ended ${ends.length} times within a minute and is not started again. Fix the ` +
          'fault in its log, then start the stack again.',
      );
    await sleep(REVIVALS.afterMs, undefined, { ref: false });
    if (this.stopping || this.pidOf(instance) !== null) return;
    try {
      await this.restart(instance);
      this.say(`${instance} runs again.`);
    } catch (error) {
      this.say(
        `${instance} could not be restarted; trying again: ` +
          `${error instanceof Error ? error.message : String(error)}`,
      );
      void this.revive(instance);
    }
  }

  private publish(): void {
    if (!this.claim || this.stopping) return;
    writeRunFile(this.runFile, {
      processes: [...this.services.values()].flatMap(({ spec, pid, ports }) =>
        pid === null ? [] : [{ service: spec.service, instance: spec.instance, pid, ports }],
      ),
      databaseUrl: this.options.postgres?.url ?? null,
      redisUrl: this.options.redis?.url ?? null,
      publicUrl: this.options.publicUrl ?? null,
    });
  }

  private say(line: string): void {
    this.options.log?.(line);
  }
}
