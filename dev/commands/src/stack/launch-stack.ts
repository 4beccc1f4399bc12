import { loadServiceConfig } from '@tandem/platform';
import { holderOfStack, StackError, Supervisor, type ServerHandle } from '@tandem/stack';
import { environment } from './dot-env.ts';
import { startLocalMail } from './local-mail.ts';
import { localRecordings } from './local-recordings.ts';
import { localSecrets } from './local-secrets.ts';
import { anyPorts, choosePorts } from './ports.ts';
import { serviceSpecs } from './service-specs.ts';
import { checkSettings, providedFor } from './settings.ts';
import type { LaunchOptions, Stack } from './stack.ts';
import { prepareDatabase, startServers } from './start-servers.ts';
import { talkUrlOf } from './talk-url.ts';

/** Time for running calls when a local stack is stopped; production gives them an hour. */
const LOCAL_DRAIN_GRACE_MS = 3_000;

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
  const mail = await startLocalMail(env, options.printMail ?? null);
  const servers = await startServers(log, isEphemeral, options.postgresUrl);
  const [postgres, redis, speech] = servers;
  const supervisor = supervise(options, postgres, redis, env.PUBLIC_BASE_URL ?? null);
  const recordings = localRecordings(isEphemeral);
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    recordings.clear();
    await mail.stop();
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
      ...mail.env,
      ...env,
      DATABASE_URL: await between('postgres', postgres.url),
      REDIS_URL: await between('redis', redis.url),
      CRM_API_URL: `http://127.0.0.1:${ports['crm-api']}`,
      NODE_ENV: 'production',
      // Side by side on one machine they cannot share a port: each takes a free one.
      ...(env.MANAGEMENT_PORT ? { MANAGEMENT_PORT: '0' } : {}),
    };
    const { before, relays, after } = serviceSpecs(options, ports, shared);
    await supervisor.start([...before, ...relays, ...after]);
    return {
      supervisor,
      postgres,
      redis,
      speech,
      secrets,
      agentModel,
      openai: openaiAccess({ ...relays[0]?.env }),
      isMailLocal: mail.env.SMTP_URL !== undefined,
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
    consoleUrl: (shared.CONSOLE_URL || url('control-api')).replace(/\/+$/, ''),
    talkUrl: talkUrlOf(shared, url('call-ingress')),
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
