import { join } from 'node:path';
import {
  checkoutRoot,
  findProgram,
  packageOfRelease,
  runCommand,
  StackError,
  tandemFolder,
  type CommandResult,
} from '@tandem/stack';

const LIMIT_MS = 60_000;
/** Debian 12 has only the first generation of Compose, which knows an older format. */
const RELEASE = 'trixie';
const PLUGIN = 'usr/libexec/docker/cli-plugins/docker-compose';

/** A program and the arguments before those of Compose. */
export type ComposeProgram = readonly [string, ...string[]];

/**
 * Returns Compose of the second generation: Docker's own, else the one of Debian 13, a single program.
 * @throws StackError when neither is available
 */
export async function composeProgram(): Promise<ComposeProgram> {
  const docker = findProgram('docker');
  if (docker && (await runCommand(docker, ['compose', 'version'], { timeoutMs: LIMIT_MS })).code === 0)
    return [docker, 'compose'];
  return [join(await packageOfRelease(join(tandemFolder, 'cache'), RELEASE, 'docker-compose'), PLUGIN)];
}

/** Runs Compose on a file, with nothing of this process's environment but the path. */
export function runCompose(
  [program, ...first]: ComposeProgram,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  file = join(checkoutRoot, 'docker-compose.yml'),
): Promise<CommandResult> {
  const folder = ['--project-directory', checkoutRoot, '--env-file', '/dev/null'];
  return runCommand(program, [...first, '-f', file, ...folder, ...args], {
    timeoutMs: LIMIT_MS,
    cwd: checkoutRoot,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...env },
  });
}

/** The parts of a resolved file that are looked at here. */
export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly args: { readonly SERVICE: string } };
  readonly command?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly profiles?: readonly string[];
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published?: string;
    readonly target: number;
  }[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
}

/**
 * Returns the file as Compose reads it with these variables.
 * @throws StackError with what Compose says of it
 */
export async function composed(
  program: ComposeProgram,
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, ComposeService>>> {
  const read = await runCompose(program, ['--profile', '*', 'config', '--format', 'json'], env);
  if (read.code !== 0) throw new StackError(`Compose refuses the file: ${read.complaint}`, 'Mend it.');
  return (JSON.parse(read.output.toString()) as { services: Record<string, ComposeService> }).services;
}
