import { join } from 'node:path';
import { checkoutRoot } from '../checkout/checkout.ts';
import { StackError } from '../checkout/stack-error.ts';
import { BoundedLog } from '../process/bounded-log.ts';
import { KeptProcess, type Exit } from '../process/kept-process.ts';
import { announcedPorts, type AnnouncedPorts } from './announced-ports.ts';
import { waitUntilReady } from './readiness.ts';
import { exitText, type ServiceExit, type ServiceSpec } from './service-spec.ts';

/** Long enough for a slow machine that starts several stacks at once. */
const DEFAULT_READY_LIMIT_MS = 90_000;
const DEFAULT_GRACE_MS = 10_000;
const LAST_LINES = 20;

interface ServiceProcessOptions {
  readonly logFile: string | null;
  readonly onLine?: (line: string) => void;
  readonly onUnexpectedExit: (told: ServiceExit) => void;
}

/**
 * One service process of the stack: started until ready, watched, ended. It can be started again after its
 * end.
 */
export class ServiceProcess {
  private process: KeptProcess | null = null;
  private log: BoundedLog | null = null;
  private isEndingAsked = false;
  private changedEnv: Readonly<Record<string, string>> = {};
  private announced: AnnouncedPorts | null = null;

  constructor(
    readonly spec: ServiceSpec,
    private readonly options: ServiceProcessOptions,
  ) {}

  get pid(): number | null {
    return this.process?.isRunning ? this.process.pid : null;
  }

  get isRunning(): boolean {
    return this.process?.isRunning ?? false;
  }

  /** Port of /readyz and /metrics; null before it is announced. */
  get managementPort(): number | null {
    return this.announced?.management ?? this.announced?.http ?? null;
  }

  get ports(): Record<string, number> {
    return { ...this.announced, ...this.spec.ports };
  }

  /**
   * Starts it with its settings and the ones given, which it keeps.
   * @throws StackError with the last lines of its output when it does not become ready
   */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.isRunning) return;
    this.changedEnv = { ...this.changedEnv, ...env };
    this.log?.close();
    this.log = new BoundedLog({
      file: this.options.logFile,
      ...(this.options.onLine ? { onLine: this.options.onLine } : {}),
    });
    this.announced = null;
    this.isEndingAsked = false;
    const launched = await this.launch(this.log);
    this.process = launched;
    const { readyPath = '/readyz', readyLimitMs = DEFAULT_READY_LIMIT_MS } = this.spec;
    const fault = await waitUntilReady(this, readyPath, readyLimitMs);
    if (fault === null) {
      void launched.exited.then((exit) => this.tellExit(launched, exit));
      return;
    }
    const hadEnded = !launched.isRunning;
    await this.end();
    throw this.failure(
      hadEnded ? `it ended while it started (${exitText(await launched.exited)})` : fault,
      this.log,
    );
  }

  /** SIGTERM, the grace, SIGKILL to its group. Safe to call when it has ended. */
  async end(): Promise<void> {
    this.isEndingAsked = true;
    await this.process?.end([{ signal: 'SIGTERM', waitMs: this.spec.graceMs ?? DEFAULT_GRACE_MS }]);
    this.log?.close();
  }

  /** Resolves when it has ended; at once for SIGSTOP and SIGCONT. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const running = this.process;
    if (!running?.isRunning) return;
    const isPause = signal === 'SIGSTOP' || signal === 'SIGCONT';
    if (!isPause) this.isEndingAsked = true;
    running.signal(signal);
    if (!isPause) await running.exited;
  }

  lastLines(): string {
    return this.log?.lastLines(LAST_LINES) ?? '';
  }

  private launch(log: BoundedLog): Promise<KeptProcess> {
    const {
      service,
      instance,
      file = join(checkoutRoot, 'services', service, 'dist/main.js'),
      env,
      graceMs = DEFAULT_GRACE_MS,
    } = this.spec;
    return KeptProcess.launch({
      name: instance,
      file: process.execPath,
      args: ['--enable-source-maps', file],
      env: { ...process.env, ...env, ...this.changedEnv },
      cwd: checkoutRoot,
      log,
      guard: { signal: 'TERM', graceMs },
      onMessage: (message) => (this.announced = announcedPorts(message) ?? this.announced),
    });
  }

  private failure(fault: string, log: BoundedLog): StackError {
    const where = log.file ? ` (all of it in ${log.file})` : '';
    return new StackError(
      `${this.spec.instance} did not start: ${fault}.`,
      `Its last output${where}:\n${log.lastLines(LAST_LINES) || '(nothing)'}`,
    );
  }

  private tellExit(launched: KeptProcess, exit: Exit): void {
    if (this.isEndingAsked || this.process !== launched) return;
    const { service, instance } = this.spec;
    this.options.onUnexpectedExit({
      service,
      instance,
      exit,
      lastLines: this.lastLines(),
      logFile: this.options.logFile,
    });
  }
}
