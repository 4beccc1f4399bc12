import { createDataSource, runMigrations, seedDemo } from '@tandem/database';
import { ensureSpeech, freePort, preferPort, startPostgres, startRedis, Supervisor, type Log, type ServerHandle, type Speech } from '@tandem/stack';
import { environment } from './dot-env.ts';
import { localRecordings } from './local-recordings.ts';
import { localSecrets, type LocalSecrets } from './local-secrets.ts';

export interface LaunchOptions {
  readonly log: Log;
  /** How many media-relays. */
  readonly relays: number;
  /** How many of other services; one of each unless told otherwise. Further instances are called crm-api-2 and so on; several ingresses stand behind `PUBLIC_BASE_URL`. */
  readonly replicas?: Partial<Record<Exclude<ServiceName, 'media-relay'>, number>>;
  /** A stack beside the usual one: throw-away data, free ports, no run.json. */
  readonly isEphemeral?: boolean;
  /** Which engine agent Sarah speaks with; by default openai-realtime when a key is set, else guided. */
  readonly agentModel?: 'openai-realtime' | 'guided';
  /** From SIGTERM to SIGKILL, for relays. */
  readonly relayGraceMs?: number;
  /** Puts something between the services and a server: answers the address the services are given. */
  readonly between?: (server: 'postgres' | 'redis', url: string) => Promise<string>;
  /** Over everything else in the services' environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly echo?: (instance: string, line: string) => void;
  /** Whether services that die are started again. */
  readonly isReviving?: boolean;
}

export interface Stack {
  readonly supervisor: Supervisor;
  readonly postgres: ServerHandle;
  readonly redis: ServerHandle;
  readonly speech: Speech;
  readonly secrets: LocalSecrets;
  readonly agentModel: 'openai-realtime' | 'guided';
  readonly twilioAuthToken: string;
  readonly recordingsDir: string;
  /** Where carriers reach call-ingress. */
  readonly publicUrl: string;
  readonly urls: { readonly ingress: string; readonly crmApi: string; readonly controlApi: string };
  stop(): Promise<void>;
}

const USUAL_PORTS = { 'call-ingress': 8080, 'media-relay': 8081, 'crm-api': 8082, 'control-api': 8083, 'tool-worker': 8084, 'post-call-worker': 8085 } as const;
type ServiceName = keyof typeof USUAL_PORTS;
const PORT_VARIABLES: Record<ServiceName, string> = {
  'call-ingress': 'CALL_INGRESS_PORT',
  'media-relay': 'MEDIA_RELAY_PORT',
  'crm-api': 'CRM_API_PORT',
  'control-api': 'CONTROL_API_PORT',
  'tool-worker': 'TOOL_WORKER_PORT',
  'post-call-worker': 'POST_CALL_WORKER_PORT',
};
/** Second and further relays. */
const MORE_RELAYS_FROM_PORT = 8091;
/**
 * What the collector may do (docs/capacity.md). Audio makes garbage that dies at once: left alone, V8 lets its nursery grow to a
 * multiple of this on a large machine, which costs memory and makes each collection longer. Of helpers it gets one: a relay
 * has one core, and each helper takes a share of it from the thread that passes audio.
 */
const RELAY_NODE_OPTIONS = '--max-semi-space-size=16 --v8-pool-size=1';
/** Calls in a local stack are given this long when it is stopped; production gives them an hour. */
const LOCAL_DRAIN_GRACE_MS = 3_000;

/** Everything that answers a call, on this machine: servers, schema, seed, services. On a failure nothing stays behind. */
export async function launchStack(options: LaunchOptions): Promise<Stack> {
  const { log, isEphemeral = false, between = (_server, url) => Promise.resolve(url) } = options;
  const env = { ...environment(), ...options.env };
  const secrets = localSecrets();
  const servers = await startServers(log, isEphemeral);
  const [postgres, redis, speech] = servers;
  const supervisor = supervise(options, postgres, redis);
  const recordings = localRecordings(isEphemeral);
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    recordings.clear();
  };
  try {
    const agentModel = options.agentModel ?? (env.OPENAI_API_KEY ? 'openai-realtime' : 'guided');
    await prepareDatabase(postgres.url, secrets, agentModel, log);
    const ports = await choosePorts(env, isEphemeral, options.relays);
    const shared: Record<string, string> = {
      HOST: '127.0.0.1',
      TANDEM_SECRET: secrets.tandemSecret,
      TWILIO_AUTH_TOKEN: secrets.twilioAuthToken,
      RELAY_DRAIN_GRACE_MS: String(LOCAL_DRAIN_GRACE_MS),
      ...recordings.env,
      ...speech.env,
      ...env,
      DATABASE_URL: await between('postgres', postgres.url),
      REDIS_URL: await between('redis', redis.url),
      CRM_API_URL: `http://127.0.0.1:${ports['crm-api']}`,
      NODE_ENV: 'production',
    };
    const instancesOf = (service: Exclude<ServiceName, 'media-relay'>) =>
      Array.from({ length: options.replicas?.[service] ?? 1 }, (_, index) => ({
        service,
        instance: index === 0 ? service : `${service}-${index + 1}`,
        // Only the first has a port that others know; 0 is any.
        env: { ...shared, [PORT_VARIABLES[service]]: index === 0 ? String(ports[service]) : '0' },
      }));
    const relays = ports.relays.map((port, index) => ({
      service: 'media-relay',
      instance: `relay-${index + 1}`,
      ...(options.relayGraceMs === undefined ? {} : { graceMs: options.relayGraceMs }),
      env: { ...shared, NODE_OPTIONS: `${RELAY_NODE_OPTIONS} ${shared.NODE_OPTIONS ?? ''}`.trim(), MEDIA_RELAY_PORT: String(port), RELAY_ID: `relay-${index + 1}` },
    }));
    const before = (['crm-api', 'call-ingress'] as const).flatMap(instancesOf);
    const after = (['tool-worker', 'post-call-worker', 'control-api'] as const).flatMap(instancesOf);
    await supervisor.start([...before, ...relays, ...after]);
    const url = (instance: string) => `http://127.0.0.1:${supervisor.portsOf(instance).http}`;
    return {
      supervisor,
      postgres,
      redis,
      speech,
      secrets,
      agentModel,
      twilioAuthToken: (shared.TWILIO_AUTH_TOKEN ?? '').split(',')[0] ?? '',
      recordingsDir: shared.RECORDINGS_DIR ?? '',
      publicUrl: shared.PUBLIC_BASE_URL ?? url('call-ingress'),
      urls: { ingress: url('call-ingress'), crmApi: url('crm-api'), controlApi: url('control-api') },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServers(log: Log, isEphemeral: boolean): Promise<[ServerHandle, ServerHandle, Speech]> {
  const [postgres, redis, speech] = await Promise.allSettled([startPostgres({ log, isEphemeral }), startRedis({ log, isEphemeral }), ensureSpeech({ log })]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled' && speech.status === 'fulfilled') return [postgres.value, redis.value, speech.value];
  for (const server of [redis, postgres]) if (server.status === 'fulfilled') await server.value.stop();
  throw [postgres, redis, speech].find((outcome) => outcome.status === 'rejected')?.reason;
}

function supervise(options: LaunchOptions, postgres: ServerHandle, redis: ServerHandle): Supervisor {
  const { log, echo, isEphemeral = false, isReviving = false } = options;
  return new Supervisor({
    log,
    postgres,
    redis,
    isPublished: !isEphemeral,
    isReviving,
    ...(echo ? { echo } : {}),
  });
}

async function prepareDatabase(url: string, secrets: LocalSecrets, model: 'openai-realtime' | 'guided', log: Log): Promise<void> {
  const applied = await runMigrations(url);
  const dataSource = createDataSource({ url, poolSize: 2 });
  await dataSource.initialize();
  let speaks = '';
  try {
    const { isOperators, agentVersion } = await seedDemo(dataSource, { model, apiKey: secrets.demoApiKey });
    speaks = isOperators ? `as you published it (version ${agentVersion})` : `through ${model === 'guided' ? 'the guided engine (a rule-based demo, not an AI)' : 'OpenAI Realtime'}`;
  } finally {
    await dataSource.destroy();
  }
  log(`Database: ${applied.length === 0 ? 'schema is current' : `${applied.length} migration${applied.length === 1 ? '' : 's'} applied`}, tenant "demo" seeded, agent Sarah speaks ${speaks}`);
}

type Ports = Record<Exclude<ServiceName, 'media-relay'>, number> & { readonly relays: readonly number[] };

/** What is configured is taken as it is; the usual ports give way to free ones when they are taken. */
async function choosePorts(env: Readonly<Record<string, string>>, isEphemeral: boolean, relays: number): Promise<Ports> {
  const usual = (port: number): Promise<number> => (isEphemeral ? freePort() : preferPort(port));
  const pick = async (service: ServiceName): Promise<number> => {
    const configured = isEphemeral ? undefined : env[PORT_VARIABLES[service]];
    return configured ? Number(configured) : usual(USUAL_PORTS[service]);
  };
  const relayPorts: number[] = [];
  for (let index = 0; index < relays; index += 1) relayPorts.push(index === 0 ? await pick('media-relay') : await usual(MORE_RELAYS_FROM_PORT + index - 1));
  return {
    'call-ingress': await pick('call-ingress'),
    'crm-api': await pick('crm-api'),
    'control-api': await pick('control-api'),
    'tool-worker': await pick('tool-worker'),
    'post-call-worker': await pick('post-call-worker'),
    relays: relayPorts,
  };
}
