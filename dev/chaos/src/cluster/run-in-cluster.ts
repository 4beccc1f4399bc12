import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, clusterPrograms, NODE_ADDRESS, toolPath, type Tool } from '@tandem/commands/cluster';
import { seededRandom } from '@tandem/kit';
import { INTERNET, RealtimeSimulator, TwilioSimulator } from '@tandem/simulators';
import { runCommand, StackError, tandemFolder } from '@tandem/stack';
import { simulatedModel } from '../bench/listening-model.ts';
import { StampedVoice } from '../bench/voice/stamped-voice.ts';
import { goalLines } from '../report/goal-table.ts';
import { runScenario } from '../run/run-scenario.ts';
import { ClusterFleet } from './cluster-fleet.ts';
import { NAMESPACE, Release, VOICE_HOST } from './release.ts';
import { rolledByKubernetes } from './rollout.ts';

const SEED = 1;
const SPEED = 10;

interface RunOptions {
  readonly folder: string;
  /** Archive of the images. */
  readonly images: string;
  readonly helm: Extract<Tool, 'helm3' | 'helm4'>;
  readonly calls: number;
  readonly log: (line: string) => void;
}

/**
 * A node, a release, a rollout under talking callers, an upgrade and the removal, all within the namespaces
 * of this process. Returns the exit code: 0 when every goal is kept and no rule is broken.
 */
export async function runInCluster({ folder, images, helm, calls, log }: RunOptions): Promise<number> {
  const startedAt = performance.now();
  const say = (line: string) =>
    log(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);
  await shieldFolders(folder);
  const programs = await clusterPrograms(say);
  const voice = new StampedVoice();
  const model = new RealtimeSimulator({ ...simulatedModel(voice), seed: SEED, link: INTERNET });
  const cluster = await Cluster.start(join(folder, 'node'), programs, await toolPath('kubectl'), say);
  const opened: (() => Promise<unknown>)[] = [() => cluster.stop()];
  try {
    const at = await model.start({ host: NODE_ADDRESS });
    opened.unshift(() => model.stop());
    await cluster.load(images);
    const work = join(folder, 'release');
    mkdirSync(work);
    const authToken = 'token-of-a-trial';
    const accountSid = `AC${'5a'.repeat(16)}`;
    const surroundings = { authToken, accountSid, modelUrl: at.url, carrierApiUrl: CARRIER_API };
    const release = new Release(cluster, await toolPath(helm), work, surroundings);
    const twilio = new TwilioSimulator({
      authToken,
      accountSid,
      host: NODE_ADDRESS,
      port: CARRIER_PORT,
      speed: SPEED,
      tls: { ca: release.certificate.cert },
      link: INTERNET,
      random: seededRandom(SEED),
    });
    await twilio.start();
    opened.unshift(() => twilio.stop());
    await release.prepare();
    say('Redis and PostgreSQL run, the Secrets are there');
    await release.upgrade();
    say(`${helm} installed the chart; the migration hook ran to its end`);
    log(await pods(cluster));
    const fleet = await ClusterFleet.open(cluster, { twilio, model, voice });
    say(
      (await release.test())
        .split('\n')
        .filter((line) => /^(?:TEST SUITE|Phase)/.test(line))
        .join(', '),
    );
    const restart = ['--namespace', NAMESPACE, 'rollout', 'restart', 'statefulset/tandem-media-relay'];
    const scenario = rolledByKubernetes(fleet, () => cluster.kubectl(restart));
    mkdirSync(join(tandemFolder, 'chaos'), { recursive: true });
    const result = await runScenario(
      scenario,
      {
        calls,
        rounds: 1,
        seed: SEED,
        until: Number.POSITIVE_INFINITY,
        historyFile: join(tandemFolder, 'chaos', `${scenario.name}.jsonl`),
        log: say,
      },
      () => Promise.resolve(fleet),
    );
    for (const line of goalLines([result])) log(line);
    await upgradeAndRemove(cluster, release, (line) => say(`${helm} ${line}`));
    return result.violations.length === 0 && result.goals.every(({ isMet }) => isMet) ? 0 : 1;
  } catch (error) {
    log(await pods(cluster).catch(() => ''));
    log(
      await cluster.kubectl(['get', 'events', '--all-namespaces']).then(
        (text) => text.slice(-4_000),
        () => '',
      ),
    );
    throw error;
  } finally {
    for (const close of opened) await close();
  }
}

const CARRIER_PORT = 8900;
const CARRIER_API = `http://${NODE_ADDRESS}:${CARRIER_PORT}`;

const pods = (cluster: Cluster): Promise<string> =>
  cluster.kubectl(['--namespace', NAMESPACE, 'get', 'pods', '--output', 'wide']);

async function upgradeAndRemove(
  cluster: Cluster,
  release: Release,
  say: (line: string) => void,
): Promise<void> {
  const before = await runningPods(cluster);
  await release.upgrade({ 'secrets.revision': '2' });
  const kept = (await runningPods(cluster)).filter((pod) => before.includes(pod));
  say(`upgraded the release: ${before.length - kept.length} of ${before.length} pods were replaced`);
  await release.uninstall();
  say(`removed it; left in the namespace: ${await leftovers(cluster)}`);
}

/** Returns the ids of the pods that run and are not told to go. */
async function runningPods(cluster: Cluster): Promise<string[]> {
  const pods = await cluster.list(`namespaces/${NAMESPACE}/pods`);
  return pods
    .filter(({ metadata, status }) => status?.phase === 'Running' && !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.uid);
}

async function leftovers(cluster: Cluster): Promise<string> {
  const kinds =
    'deployments,statefulsets,jobs,services,configmaps,secrets,networkpolicies,poddisruptionbudgets';
  const names = await cluster.kubectl(['--namespace', NAMESPACE, 'get', kinds, '--output', 'name']);
  return names
    .split('\n')
    .filter((name) => name && !/kube-root-ca|default-token/.test(name))
    .join(', ');
}

/** Sends what a node writes outside its folder into the folder, and the voice host to this node. */
async function shieldFolders(folder: string): Promise<void> {
  for (const name of ['var', 'var-work']) mkdirSync(join(folder, name));
  const hosts = join(folder, 'hosts');
  writeFileSync(hosts, `${readFileSync('/etc/hosts', 'utf8')}\n${NODE_ADDRESS} ${VOICE_HOST}\n`);
  const overlay = `lowerdir=/var,upperdir=${folder}/var,workdir=${folder}/var-work`;
  await mount(['-t', 'tmpfs', 'tmpfs', '/run']);
  await mount(['-t', 'overlay', 'overlay', '-o', overlay, '/var']);
  await mount(['--bind', hosts, '/etc/hosts']);
}

async function mount(args: readonly string[]): Promise<void> {
  const { code, complaint } = await runCommand('mount', args, { timeoutMs: 10_000 });
  if (code !== 0) throw new StackError(`mount ${args.join(' ')}: ${complaint}`, '');
}
