import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, makeFolder, runCommand, StackError, tandemFolder } from '@tandem/stack';

/** A first build installs all packages twice over a slow line. */
const LIMIT_MS = 1_200_000;
/** Where control groups are of the first generation: crun refuses those, and there is no systemd. */
const OLD_CONTROL_GROUPS = `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=20000:20000"]
`;

/** Podman and buildah of this machine. */
export class ContainerTools {
  private constructor(
    private readonly programs: Readonly<Record<'podman' | 'buildah', string>>,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Returns null where one of them is missing or cannot run containers, having said which and why. */
  static async find(log: (line: string) => void): Promise<ContainerTools | null> {
    const [podman, buildah] = [findProgram('podman'), findProgram('buildah')];
    if (!podman || !buildah) {
      log(`Not run here: there is no ${podman ? 'buildah' : 'podman'}.`);
      return null;
    }
    const tools = new ContainerTools({ podman, buildah }, environment());
    const info = await runCommand(podman, ['info'], { timeoutMs: 30_000, env: tools.env });
    if (info.code === 0) return tools;
    log(`Not run here: podman does not work: ${info.complaint.split('\n').at(-1)}`);
    return null;
  }

  /** Returns what podman wrote. @throws StackError with its complaint when it fails */
  podman(args: readonly string[]): Promise<string> {
    return this.run('podman', args);
  }

  /** Returns what buildah wrote. @throws StackError with its complaint when it fails */
  buildah(args: readonly string[]): Promise<string> {
    return this.run('buildah', args);
  }

  /** Returns whether podman ended with 0. */
  async isTrue(args: readonly string[]): Promise<boolean> {
    return (await this.try(args)).code === 0;
  }

  /** Returns how podman ended, what it wrote, and that together with its complaints. */
  async try(
    args: readonly string[],
    timeoutMs = LIMIT_MS,
  ): Promise<{ readonly code: number | null; readonly output: string; readonly text: string }> {
    const { code, output, complaint } = await runCommand(this.programs.podman, args, {
      timeoutMs,
      env: this.env,
    });
    return { code, output: output.toString(), text: `${output.toString()}${complaint}` };
  }

  private async run(name: 'podman' | 'buildah', args: readonly string[]): Promise<string> {
    const { code, output, complaint } = await runCommand(this.programs[name], args, {
      timeoutMs: LIMIT_MS,
      env: this.env,
    });
    if (code === 0) return output.toString();
    throw new StackError(
      `${name} ${args[0]} failed: ${lastLines(output.toString())}\n${lastLines(complaint)}`,
      'Mend what it says, then try again.',
    );
  }
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-12).join('\n');

/** Environment without our own variables, and with a configuration where the default one fails. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME, XDG_RUNTIME_DIR, CONTAINERS_CONF } = process.env;
  const isOld = !existsSync('/sys/fs/cgroup/cgroup.controllers');
  if (CONTAINERS_CONF === undefined && isOld) {
    const file = join(makeFolder(join(tandemFolder, 'containers')), 'containers.conf');
    writeFileSync(file, OLD_CONTROL_GROUPS);
    return { PATH, HOME, XDG_RUNTIME_DIR, CONTAINERS_CONF: file };
  }
  return { PATH, HOME, XDG_RUNTIME_DIR, CONTAINERS_CONF };
}
