import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { BoundedLog, isPortFree, KeptProcess, StackError } from '@tandem/stack';

const STOP_MS = 2_000;
const START_PATIENCE_MS = 10_000;
const POLL_MS = 50;

/** Returns the path of HAProxy on this machine; null when it is not installed. */
export function haproxyPath(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'haproxy')).find((file) => existsSync(file)) ?? null;
}

/**
 * HAProxy in front of several servers, configured as in clusters: it checks `GET /readyz` of each every
 * second, sends requests to ready servers, and answers 503 itself when none is ready.
 */
export class ReadinessBalancer {
  private constructor(
    private readonly process: KeptProcess,
    private readonly folder: string,
  ) {}

  /**
   * Starts the balancer; servers count as ready until its first checks.
   * @param port where it listens
   * @param servers ports on loopback
   * @throws StackError when HAProxy is not on this machine, or does not start
   */
  static async start(port: number, servers: readonly number[]): Promise<ReadinessBalancer> {
    const file = haproxyPath();
    if (file === null)
      throw new StackError(
        'HAProxy is not on this machine.',
        'Install it (Debian: apt-get install haproxy), or leave the balancer out.',
      );
    const folder = mkdtempSync(join(tmpdir(), 'tandem-haproxy-'));
    const settings = join(folder, 'haproxy.cfg');
    writeFileSync(settings, haproxySettings(port, servers));
    const log = new BoundedLog({ file: null });
    const child = await KeptProcess.launch({
      name: 'HAProxy',
      file,
      args: ['-db', '-f', settings],
      env: process.env,
      cwd: folder,
      log,
      guard: { signal: 'TERM', graceMs: STOP_MS, removes: folder },
    });
    const balancer = new ReadinessBalancer(child, folder);
    for (let waited = 0; await isPortFree(port); waited += POLL_MS) {
      if (!child.isRunning || waited > START_PATIENCE_MS) {
        await balancer.stop();
        throw new StackError('HAProxy did not start.', `Its last output:\n${log.lastLines(10)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return balancer;
  }

  async stop(): Promise<void> {
    await this.process.end([{ signal: 'SIGTERM', waitMs: STOP_MS }]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * The defaults of HAProxy where they matter: a server is out after its checks failed, and back after one that
 * passed.
 */
function haproxySettings(port: number, servers: readonly number[]): string {
  const lines = [
    'global',
    '  maxconn 2000',
    'defaults',
    '  mode http',
    '  timeout connect 1s',
    '  timeout client 30s',
    '  timeout server 30s',
    '  timeout check 1s',
    'frontend carrier',
    `  bind 127.0.0.1:${port}`,
    '  default_backend ready',
    'backend ready',
    '  balance roundrobin',
    '  option httpchk GET /readyz',
    '  http-check expect status 200',
    '  default-server check inter 1s fall 2 rise 1',
    ...servers.map((server, index) => `  server ingress-${index + 1} 127.0.0.1:${server}`),
  ];
  return `${lines.join('\n')}\n`;
}
