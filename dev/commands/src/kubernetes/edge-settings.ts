import { join } from 'node:path';
import { checkoutRoot, libraryEnvironment, runCommand } from '@tandem/stack';
import { edgeProgramHere, type EdgeProgram } from '../deploy/edge/edge-program.ts';
import { podsOf } from './manifests.ts';
import type { RenderedSet } from './render.ts';

const CONFIGURATION = join(checkoutRoot, 'deploy/edge/haproxy.cfg');
const LIMIT_MS = 20_000;
/** Names and files of a cluster, which are not here. */
const NOT_HERE: Readonly<Record<string, string>> = {
  INGRESS_ADDRESS: '127.0.0.1:8080',
  CONTROL_API_ADDRESS: '127.0.0.1:8083',
  EDGE_CERTIFICATE: '',
  EDGE_CLIENT_CA: '',
  EDGE_DNS: '127.0.0.1:53',
};

/** A mistake in the settings of an edge, which HAProxy itself must refuse. */
const PLANTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'AudioSockets of no PBX': { EDGE_AUDIOSOCKET_LISTEN: ':9092', EDGE_PBX_NETWORKS: '' },
  'networks of a PBX with a comma between': { EDGE_PBX_NETWORKS: '10.1.0.0/16,10.2.0.0/16' },
};

/** Sets of settings that HAProxy does not start with, each with what it says. */
interface EdgeSettingFaults {
  readonly faults: readonly string[];
  /** By the mistake that was planted; empty when HAProxy refuses it. */
  readonly planted: Readonly<Record<string, readonly string[]>>;
}

/** Has the real HAProxy read its configuration with the settings of every set that has it as the edge. */
export async function edgeSettingFaults(sets: readonly RenderedSet[]): Promise<EdgeSettingFaults> {
  const program = await edgeProgramHere('haproxy');
  if (!program) return { faults: [], planted: {} };
  const faults: string[] = [];
  for (const set of sets) {
    const settings = settingsOf(set);
    const said = settings ? await refusal(program, settings) : null;
    if (said !== null) faults.push(`${set.name}: ${said}`);
  }
  const planted: Record<string, readonly string[]> = {};
  for (const [what, settings] of Object.entries(PLANTED))
    planted[what] = (await refusal(program, settings)) === null ? ['HAProxy takes it'] : [];
  return { faults, planted };
}

/** Returns null where the edge is another one, or none. */
function settingsOf({ manifests }: RenderedSet): Record<string, string> | null {
  const env = podsOf(manifests).find(({ component }) => component === 'edge')?.main?.env ?? [];
  const isHaproxy = manifests.some(({ data }) => data?.['haproxy.cfg'] !== undefined);
  return isHaproxy ? Object.fromEntries(env.map(({ name, value = '' }) => [name, value])) : null;
}

/** Returns what HAProxy says of a configuration it refuses; null when it takes it. */
async function refusal(
  { file, libraryPath }: EdgeProgram,
  settings: Readonly<Record<string, string>>,
): Promise<string | null> {
  const { code, complaint } = await runCommand(file, ['-c', '-f', CONFIGURATION], {
    timeoutMs: LIMIT_MS,
    env: { ...libraryEnvironment(libraryPath), ...settings, ...NOT_HERE },
  });
  return code === 0 ? null : complaint;
}
