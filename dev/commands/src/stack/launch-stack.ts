import { createDataSource, runMigrations, seedDemo } from '@tandem/database';
import { loadServiceConfig } from '@tandem/platform';
import {
  ensureSpeech,
  holderOfStack,
  StackError,
  startPostgres,
  startRedis,
  Supervisor,
  type Log,
  type ServerHandle,
  type Speech,
} from '@tandem/stack';
import { environment } from './dot-env.ts';
import { localRecordings } from './local-recordings.ts';
import { localSecrets, type LocalSecrets } from './local-secrets.ts';
import { anyPorts, choosePorts, PORT_VARIABLES, type ServiceName } from './ports.ts';
import { checkSettings, providedFor } from './settings.ts';

export interface LaunchOptions {
  readonly log: Log;
  /** Number of media-relays. */
  readonly relays: number;
  /**
   * Instances of other services; default one each. Further instances are called crm-api-2 and so on; several
   * ingresses stand behind `PUBLIC_BASE_URL`.
   */
  readonly replicas?: Partial<Record<Exclude<ServiceName, 'media-relay'>, number>>;
  /** A stack beside the usual one: throw-away data, free ports, no run.json. */
  readonly isEphemeral?: boolean;
  /** Engine agent Sarah speaks with; by default openai-realtime when a key is set, else guided. */
  readonly agentModel?: 'openai-realtime' | 'guided';
  /** From SIGTERM to SIGKILL, for relays. */
  readonly relayGraceMs?: number;
  /** Inserts a proxy between the services and a server; returns the address for the services. */
  readonly between?: (server: 'postgres' | 'redis', url: string) => Promise<string>;
  /** Overrides everything else in the services' environment. */
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
  /** The OpenAI endpoint; null without a key. */
  readonly openai: { readonly url: string; readonly apiKey: string; readonly model: string } | null;
  /** Null where none is configured: webhooks of any account are accepted. */
  readonly twilioAccountSid: string | null;
  readonly twilioAuthToken: string;
  readonly recordingsDir: string;
  /** Where carriers reach call-ingress. */
  readonly publicUrl: string;
  /** Where carriers reach the relays; null for their own addresses. */
  readonly publicMediaUrl: string | null;
  readonly urls: {
    readonly ingress: string;
    readonly relays: readonly string[];
    readonly crmApi: string;
    readonly controlApi: string;
  };
  /** How long calls may go on once the stack is being stopped. */
  readonly drainGraceMs: number;
  stop(): Promise<void>;
}

/**
 * Limits of the garbage collector (docs/capacity.md). Audio makes garbage that dies at once. Without a limit
 * V8 lets its nursery grow to a multiple of this on a large machine, which costs memory and makes each
 * collection longer. One helper thread: a relay has one core, and each helper takes time from the thread that
 * passes audio.
 */
const RELAY_NODE_OPTIONS = '--max-semi-space-size=16 --v8-pool-size=1';
/** Time for running calls when a local stack is stopped; production gives them an hour. */
const LOCAL_DRAIN_GRACE_MS = 3_000;

/** Time a relay has to exit once its calls are over. */
const AFTER_DRAIN_MS = 10_000;

/**
 * Starts everything a call needs on this machine: servers, schema, seed, services. A failed start leaves
 * nothing running.
 */
export async function launchStack(options: LaunchOptions): Promise<Stack> {
  const { log, isEphemeral = false, between = (_server, url) => Promise.resolve(url) } = options;
  const { env, emptied } = settingsOf(options);
  refuseBesideAnother(isEphemeral);
  checkSettings(env, !isEphemeral);
  const ports = await (isEphemeral
    ? anyPorts(options.relays)
    : choosePorts({ env, relays: options.relays, log }));
  const secrets = localSecrets();
  const agentModel = options.agentModel ?? (env.OPENAI_API_KEY ? 'openai-realtime' : 'guided');
  const servers = await startServers(log, isEphemeral);
  const [postgres, redis, speech] = servers;
  const supervisor = supervise(options, postgres, redis, env.PUBLIC_BASE_URL ?? null);
  const recordings = localRecordings(isEphemeral);
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    recordings.clear();
  };
  try {
    await prepareDatabase(postgres.url, secrets, agentModel, log);
    const shared: Record<string, string> = {
      ...emptied,
      HOST: '127.0.0.1',
      TANDEM_SECRET: secrets.tandemSecret,
      RELAY_DRAIN_GRACE_MS: String(LOCAL_DRAIN_GRACE_MS),
      RECORDINGS_DIR: recordings.folder,
      ...providedFor(env, { twilioAuthToken: secrets.twilioAuthToken, keyFile: recordings.keyFile }),
      ...speech.env,
      ...env,
      DATABASE_URL: await between('postgres', postgres.url),
      REDIS_URL: await between('redis', redis.url),
      CRM_API_URL: `http://127.0.0.1:${ports['crm-api']}`,
      NODE_ENV: 'production',
      // Side by side on one machine they cannot share a port: each takes a free one.
      ...(env.MANAGEMENT_PORT ? { MANAGEMENT_PORT: '0' } : {}),
    };
    const instancesOf = (service: Exclude<ServiceName, 'media-relay'>) =>
      Array.from({ length: options.replicas?.[service] ?? 1 }, (_, index) => ({
        service,
        instance: index === 0 ? service : `${service}-${index + 1}`,
        // Only the first instance has a known port; 0 means any.
        env: { ...shared, [PORT_VARIABLES[service]]: index === 0 ? String(ports[service]) : '0' },
      }));
    const relays = ports.relays.map((port, index) => ({
      service: 'media-relay',
      instance: `relay-${index + 1}`,
      graceMs: options.relayGraceMs ?? Number(shared.RELAY_DRAIN_GRACE_MS) + AFTER_DRAIN_MS,
      env: {
        ...shared,
        NODE_OPTIONS: `${RELAY_NODE_OPTIONS} ${shared.NODE_OPTIONS ?? ''}`.trim(),
        MEDIA_RELAY_PORT: String(port),
        RELAY_ID: `relay-${index + 1}`,
      },
    }));
    const before = (['crm-api', 'call-ingress'] as const).flatMap(instancesOf);
    const after = (['tool-worker', 'post-call-worker', 'control-api'] as const).flatMap(instancesOf);
    await supervisor.start([...before, ...relays, ...after]);
    return {
      supervisor,
      postgres,
      redis,
      speech,
      secrets,
      agentModel,
      openai: openaiAccess({ ...relays[0]?.env }),
      ...whereabouts(supervisor, shared, relays),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** `emptied` variables are empty for this stack and must not come from our own environment. */
function settingsOf(options: LaunchOptions): {
  env: Record<string, string>;
  emptied: Record<string, string>;
} {
  const set = Object.entries({ ...environment(), ...options.env });
  return {
    env: Object.fromEntries(set.filter(([, value]) => value !== '')),
    emptied: Object.fromEntries(set.filter(([, value]) => value === '')),
  };
}

/** Returns the addresses of a started stack, from the settings of its services. */
function whereabouts(
  supervisor: Supervisor,
  shared: Readonly<Record<string, string>>,
  relays: readonly { readonly instance: string }[],
) {
  const url = (instance: string) => `http://127.0.0.1:${supervisor.portsOf(instance).http}`;
  return {
    twilioAccountSid: shared.TWILIO_ACCOUNT_SID || null,
    twilioAuthToken: (shared.TWILIO_AUTH_TOKEN ?? '').split(',')[0] ?? '',
    recordingsDir: shared.RECORDINGS_DIR ?? '',
    publicUrl: shared.PUBLIC_BASE_URL || url('call-ingress'),
    publicMediaUrl: shared.PUBLIC_MEDIA_URL || null,
    urls: {
      ingress: url('call-ingress'),
      relays: relays.map(({ instance }) => url(instance)),
      crmApi: url('crm-api'),
      controlApi: url('control-api'),
    },
    drainGraceMs: Number(shared.RELAY_DRAIN_GRACE_MS),
  };
}

/** Checked first: the ports of a running stack are taken, too. */
function refuseBesideAnother(isEphemeral: boolean): void {
  const other = isEphemeral ? null : holderOfStack();
  if (other)
    throw new StackError(
      `Another stack is running in this folder (process ${other.launcher.pid}).`,
      'Use that one, or end it first.',
    );
}

async function startServers(log: Log, isEphemeral: boolean): Promise<[ServerHandle, ServerHandle, Speech]> {
  const [postgres, redis, speech] = await Promise.allSettled([
    startPostgres({ log, isEphemeral }),
    startRedis({ log, isEphemeral }),
    ensureSpeech({ log }),
  ]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled' && speech.status === 'fulfilled')
    return [postgres.value, redis.value, speech.value];
  for (const server of [redis, postgres]) if (server.status === 'fulfilled') await server.value.stop();
  throw [postgres, redis, speech].find((outcome) => outcome.status === 'rejected')?.reason;
}

function supervise(
  options: LaunchOptions,
  postgres: ServerHandle,
  redis: ServerHandle,
  publicUrl: string | null,
): Supervisor {
  const { log, echo, isEphemeral = false, isReviving = false } = options;
  return new Supervisor({
    log,
    postgres,
    redis,
    publicUrl,
    isPublished: !isEphemeral,
    isReviving,
    ...(echo ? { echo } : {}),
  });
}

function openaiAccess(relayEnv: Record<string, string>): Stack['openai'] {
  const {
    openaiApiKey: apiKey,
    openaiRealtimeUrl: url,
    openaiRealtimeModel: model,
  } = loadServiceConfig('media-relay', relayEnv);
  return apiKey ? { url, apiKey, model } : null;
}

async function prepareDatabase(
  url: string,
  secrets: LocalSecrets,
  model: 'openai-realtime' | 'guided',
  log: Log,
): Promise<void> {
  const applied = await runMigrations(url);
  const dataSource = createDataSource({ url, poolSize: 2 });
  await dataSource.initialize();
  let speaks = '';
  try {
    const { isOperators, agentVersion } = await seedDemo(dataSource, { model, apiKey: secrets.demoApiKey });
    speaks = isOperators
      ? `as you published it (version ${agentVersion})`
      : 'through ' +
        `${model === 'guided' ? 'the guided engine (a rule-based demo, not an AI)' : 'OpenAI Realtime'}`;
  } finally {
    await dataSource.destroy();
  }
  log('Database: ' + `${schemaState(applied.length)}, tenant "demo" seeded, agent Sarah speaks ${speaks}`);
}

function schemaState(migrations: number): string {
  if (migrations === 0) return 'schema is current';
  return `${migrations} migration${migrations === 1 ? '' : 's'} applied`;
}
