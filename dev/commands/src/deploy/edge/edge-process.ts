import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BoundedLog,
  checkoutRoot,
  freePorts,
  isPortFree,
  KeptProcess,
  libraryEnvironment,
  StackError,
} from '@tandem/stack';
import type { EdgeProgram } from './edge-program.ts';

const START_LIMIT_MS = 20_000;
const STOP_MS = 3_000;
const POLL_MS = 50;
const ATTEMPTS = 5;
/** As HAProxy and nginx print it. */
const ALREADY_IN_USE = /address already in use/i;
const FILES = join(checkoutRoot, 'deploy/edge');

/** An edge as it is deployed: a real HAProxy or nginx on the files of deploy/edge. */
export class EdgeProcess {
  private constructor(
    readonly port: number,
    /** Port of probes and metrics; HAProxy only. */
    readonly managementPort: number,
    /** Port of AudioSocket, where EDGE_PBX_NETWORKS opens it; HAProxy only. */
    readonly audioSocketPort: number,
    private readonly program: EdgeProgram,
    private readonly process: KeptProcess,
    private readonly folder: string,
    private readonly lines: string[],
  ) {}

  /**
   * @param env variables of docs/edge.md; where it listens is chosen here
   * @param wantedPort a free one when absent
   * @throws StackError when it does not start
   */
  static async start(
    program: EdgeProgram,
    env: Readonly<Record<string, string>>,
    wantedPort?: number,
  ): Promise<EdgeProcess> {
    for (let attempt = 1; ; attempt += 1) {
      const [freePort = 0, ...others] = await freePorts(3);
      const edge = await EdgeProcess.launch(program, env, [wantedPort ?? freePort, ...others]);
      if (await edge.listens()) return edge;
      await edge.stop();
      // A port that was free a moment ago may have been taken by another program.
      if (attempt < ATTEMPTS && ALREADY_IN_USE.test(edge.lines.join('\n'))) continue;
      throw new StackError(`${program.kind} did not start.`, `Its output:\n${edge.lines.join('\n')}`);
    }
  }

  private static async launch(
    program: EdgeProgram,
    env: Readonly<Record<string, string>>,
    [port = 0, managementPort = 0, audioSocketPort = 0]: readonly number[],
  ): Promise<EdgeProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'tandem-edge-'));
    const lines: string[] = [];
    const log = new BoundedLog({ file: null, onLine: (line) => lines.push(line) });
    const kept = await KeptProcess.launch({
      name: program.kind,
      ...commandOf(program),
      env: {
        ...libraryEnvironment(program.libraryPath),
        EDGE_LISTEN: `127.0.0.1:${port}`,
        EDGE_MANAGEMENT_LISTEN: `127.0.0.1:${managementPort}`,
        ...(env['EDGE_PBX_NETWORKS'] ? { EDGE_AUDIOSOCKET_LISTEN: `127.0.0.1:${audioSocketPort}` } : {}),
        EDGE_SOCKET: join(folder, 'edge.sock'),
        EDGE_FILES: folder,
        EDGE_NGINX: program.file,
        // Its standard output is a socket here, which nginx cannot open by path.
        EDGE_ACCESS_LOG: join(folder, 'access.log'),
        ...env,
      },
      cwd: folder,
      log,
      guard: { signal: 'TERM', graceMs: STOP_MS, removes: folder },
    });
    return new EdgeProcess(port, managementPort, audioSocketPort, program, kept, folder, lines);
  }

  /** Returns whether it has begun to listen; false once it has ended, or after too long. */
  private async listens(): Promise<boolean> {
    const settle = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
    for (let waited = 0; await isPortFree(this.port); waited += POLL_MS) {
      if (!this.process.isRunning || waited > START_LIMIT_MS) return false;
      await settle();
    }
    // The port may be another program's: then ours ends within a moment.
    await settle();
    return this.process.isRunning;
  }

  /** Everything it wrote, the access log included. */
  get output(): string {
    const file = join(this.folder, 'access.log');
    return [...this.lines, ...(existsSync(file) ? [readFileSync(file, 'utf8')] : [])].join('\n');
  }

  /** Has it read its files anew; what is under way goes on. */
  reload(): void {
    this.process.signal(this.program.kind === 'haproxy' ? 'SIGUSR2' : 'SIGHUP');
  }

  async stop(): Promise<void> {
    await this.process.end([{ signal: 'SIGTERM', waitMs: STOP_MS }]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function commandOf({ kind, file }: EdgeProgram): { file: string; args: string[] } {
  return kind === 'haproxy'
    ? { file, args: ['-W', '-db', '-f', join(FILES, 'haproxy.cfg')] }
    : { file: '/bin/sh', args: [join(FILES, 'nginx.sh')] };
}
