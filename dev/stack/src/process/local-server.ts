import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { StackError } from '../checkout/stack-error.ts';
import type { Claim } from './folder-claim.ts';
import { freePort, isPortFree, preferPort } from './free-port.ts';
import type { Exit, KeptProcess } from './kept-process.ts';
import type { ServerHandle } from './server-handle.ts';
import type { ServerRecipe } from './server-recipe.ts';

const POLL_MS = 20;
const PROBE_LIMIT_MS = 2_000;
/** A server killed a moment ago may still hold its port or shared memory. */
const ATTEMPTS = 12;
const RETRY_MS = 250;
/** Failed starts with a free port after which another attempt is useless. */
const HOPELESS_AFTER = 6;

/** Starts, restarts, watches and ends one server process according to its recipe. */
export class LocalServer implements ServerHandle {
  port = 0;
  private process: KeptProcess | null = null;
  private isEndingAsked = false;
  private isStopped = false;
  private claim: Claim | undefined;

  constructor(private readonly recipe: ServerRecipe) {
    this.claim = recipe.claim;
  }

  get url(): string {
    return this.recipe.urlOf(this.port);
  }

  get pid(): number | null {
    return this.process?.isRunning ? this.process.pid : null;
  }

  get description(): string {
    return `${this.recipe.name}: 127.0.0.1:${this.port}, ${this.recipe.what}`;
  }

  /**
   * Starts the server for the first time; a failed start is undone.
   * @param usualPort taken when it is free; null for any
   */
  static async begin(recipe: ServerRecipe, usualPort: number | null): Promise<LocalServer> {
    const server = new LocalServer(recipe);
    try {
      server.port = usualPort === null ? await freePort() : await preferPort(usualPort);
      await server.startWithin(() => freePort());
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** Starts the server on its former port: its clients know no other. */
  start(): Promise<void> {
    return this.startWithin((port) => Promise.resolve(port));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.isEndingAsked = true;
    await this.process?.end(this.recipe.endSteps);
    this.claim?.release();
    this.recipe.log.close();
    if (this.recipe.ephemeralFolder) rmSync(this.recipe.ephemeralFolder, { recursive: true, force: true });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.process;
    if (!running?.isRunning) return;
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') {
      running.signal(signal);
      return;
    }
    this.isEndingAsked = true;
    running.signal(signal);
    await running.exited;
  }

  /** @param otherPort returns the port to try after one that is taken */
  private async startWithin(otherPort: (port: number) => Promise<number>): Promise<void> {
    if (this.process?.isRunning) return;
    let fault: StackError | null = null;
    for (let attempt = 1, failures = 0; attempt <= ATTEMPTS && failures < HOPELESS_AFTER; attempt += 1) {
      if (!(await isPortFree(this.port))) this.port = await otherPort(this.port);
      if (this.isStopped)
        throw new StackError(`${this.recipe.name} was stopped for good.`, 'Start a new one.');
      if (await isPortFree(this.port)) {
        fault = await this.attempt();
        if (fault === null) return;
        failures += 1;
      }
      await sleep(RETRY_MS);
    }
    throw (
      fault ??
      new StackError(
        `Port ${this.port} of ${this.recipe.name} is in use by another program.`,
        'End that program, then start it again.',
      )
    );
  }

  /** Returns null when the server is up, a fault when it ended and may be started again. */
  private async attempt(): Promise<StackError | null> {
    const { name, log, startLimitMs } = this.recipe;
    const launched = await this.recipe.launch(this.port);
    this.process = launched;
    this.claim = this.claim?.withServer(launched.pid);
    this.isEndingAsked = this.isStopped;
    if (this.isStopped) await launched.end(this.recipe.endSteps);
    if (await this.becomesReady(launched)) {
      void launched.exited.then((exit) => this.tellExit(launched, exit));
      return null;
    }
    const where = log.file ? ` (all of it in ${log.file})` : '';
    const said = `Its last output${where}:\n${log.lastLines(12) || '(nothing)'}`;
    if (!launched.isRunning)
      return new StackError(`${name} ended while it started on port ${this.port}.`, said);
    await launched.end([]);
    throw new StackError(`${name} was not ready on port ${this.port} after ${startLimitMs / 1000} s.`, said);
  }

  private async becomesReady(launched: KeptProcess): Promise<boolean> {
    const until = Date.now() + this.recipe.startLimitMs;
    while (launched.isRunning && Date.now() < until) {
      const isReady = await Promise.race([
        this.recipe.isReady(this.port).catch(() => false),
        sleep(PROBE_LIMIT_MS, false, { ref: false }),
        launched.exited.then(() => false),
      ]);
      if (isReady && launched.isRunning) return true;
      await sleep(POLL_MS);
    }
    return false;
  }

  private tellExit(launched: KeptProcess, exit: Exit): void {
    if (this.isEndingAsked || this.process !== launched) return;
    this.recipe.onUnexpectedExit?.({
      name: this.recipe.name,
      exit,
      lastLines: this.recipe.log.lastLines(20),
    });
  }
}
