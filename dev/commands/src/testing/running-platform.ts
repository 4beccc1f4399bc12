import { randomUUID } from 'node:crypto';
import { CallStore, connectRedis, RelayRegistry, Sealer } from '@tandem/call-state';
import type { AgentContentInput, CallEvent, CallId } from '@tandem/contracts';
import {
  AgentDirectory,
  createDataSource,
  DEMO_AGENT_ID,
  run,
  runMigrations,
  type DataSource,
} from '@tandem/database';
import { mulawTone } from '@tandem/kit';
import { deriveKeys } from '@tandem/platform';
import {
  RealtimeSimulator,
  TwilioSimulator,
  type CallReport,
  type PlaceCallOptions,
  type RealtimeSimulatorOptions,
  type SimulatedCall,
  type TwilioSimulatorOptions,
} from '@tandem/simulators';
import { createTestDatabase } from '@tandem/stack';
import { launchStack } from '../stack/launch-stack.ts';
import { localSecrets } from '../stack/local-secrets.ts';
import { NUMBER_SETTINGS } from '../stack/number-settings.ts';
import type { LaunchOptions, Stack } from '../stack/stack.ts';

export type Replicas = NonNullable<LaunchOptions['replicas']>;

/** A caller of the seeds whose name the business knows. */
export const CALLER = '+12025550123';
export const DIALLED = '+12025550100';
/** The carrier reads its texts this many times faster than real time; media stays in real time. */
const CARRIER_SPEED = 10;

/** A simulated caller of any carrier. */
export interface TalkingCaller {
  /** The carrier's id of the call. */
  readonly sid: string;
  say(speech: Uint8Array): Promise<unknown>;
  waitForSilence(silenceMs: number): Promise<unknown>;
}

export interface PlatformOptions {
  readonly model?: RealtimeSimulatorOptions;
  readonly twilio?: Partial<TwilioSimulatorOptions>;
  readonly stack?: Partial<Omit<LaunchOptions, 'between'>>;
  /** A PostgreSQL of its own, which can be killed; otherwise a database in the test run's server, if any. */
  readonly hasOwnPostgres?: boolean;
  /** Inserts a proxy between the services and a server; returns the address for the services. */
  readonly between?: (server: 'postgres' | 'redis' | 'model', url: string) => Promise<string>;
}

/**
 * All services as processes of their own, on temporary data, between a simulated carrier and a simulated
 * model.
 */
export class RunningPlatform {
  /** The calls in Redis. */
  readonly records: CallStore;
  private readonly relays: RelayRegistry;

  private constructor(
    /** Everything the services logged. */
    readonly lines: readonly string[],
    readonly stack: Stack,
    readonly twilio: TwilioSimulator,
    readonly model: RealtimeSimulator,
    readonly database: DataSource,
    private readonly redis: ReturnType<typeof connectRedis>,
  ) {
    this.records = callStoreOf(redis, stack.secrets.tandemSecret);
    this.relays = new RelayRegistry(redis);
  }

  static async start(options: PlatformOptions = {}): Promise<RunningPlatform> {
    const model = new RealtimeSimulator({
      pace: { firstByteMs: 100, deltaMs: 200, audioRate: 6 },
      transcriptionDelayMs: 100,
      ...options.model,
    });
    const at = await model.start({});
    const lines: string[] = [];
    const started: (() => Promise<unknown>)[] = [() => model.stop()];
    try {
      const twilio = new TwilioSimulator({
        authToken: localSecrets().twilioAuthToken,
        speed: CARRIER_SPEED,
        ...options.twilio,
      });
      await twilio.start();
      started.unshift(() => twilio.stop());
      const carrier = {
        TWILIO_AUTH_TOKEN: twilio.authToken,
        TWILIO_ACCOUNT_SID: twilio.accountSid,
        TWILIO_API_URL: twilio.apiBaseUrl,
      };
      const data =
        options.hasOwnPostgres || !process.env.TEST_RUN
          ? null
          : await createTestDatabase({ name: 'migrated', prepare: runMigrations });
      if (data) started.unshift(() => data.drop());
      const launched = await launchStack({
        log: () => undefined,
        relays: 1,
        isEphemeral: true,
        agentModel: 'openai-realtime',
        ...(data ? { postgresUrl: data.url } : {}),
        echo: (instance, line) => lines.push(`${instance} ${line}`),
        ...options.stack,
        ...(options.between ? { between: options.between } : {}),
        env: {
          OPENAI_REALTIME_URL: (await options.between?.('model', at.url)) ?? at.url,
          OPENAI_API_KEY: 'sk-test',
          // Off, so that all sessions at the simulator belong to calls.
          RELAY_PHRASE_PREPARATION: 'off',
          // A relay on a busy machine is late and would get no calls, which is no concern of these specs.
          RELAY_MAX_LOOP_DELAY_MS: '5000',
          ...carrier,
          ...options.stack?.env,
        },
      });
      const stop = async (): Promise<void> => {
        await launched.stop();
        await data?.drop();
      };
      const stack: Stack = { ...launched, stop };
      started.unshift(stop);
      const redis = connectRedis(stack.redis.url, 'command');
      started.unshift(() => Promise.resolve(redis.disconnect()));
      const database = await createDataSource({ url: stack.postgres.url, poolSize: 3 }).initialize();
      return new RunningPlatform(lines, stack, twilio, model, database, redis);
    } catch (error) {
      for (const stop of started) await stop();
      throw error;
    }
  }

  /** Where carriers reach the ingresses. */
  get publicUrl(): string {
    return this.stack.publicUrl;
  }

  get voiceUrl(): string {
    return `${this.publicUrl}/twilio/voice`;
  }

  /** Addresses of every instance of a service. */
  urlsOf(service: string): string[] {
    const { supervisor } = this.stack;
    return supervisor.instances
      .filter((instance) => instance === service || instance.startsWith(`${service}-`))
      .map((instance) => `http://127.0.0.1:${supervisor.portsOf(instance).http}`);
  }

  ring(options: Partial<PlaceCallOptions> = {}): SimulatedCall {
    return this.twilio.placeCall({
      from: CALLER,
      to: DIALLED,
      voiceUrl: `${this.voiceUrl}${NUMBER_SETTINGS}`,
      statusCallback: { url: `${this.publicUrl}/twilio/status${NUMBER_SETTINGS}` },
      ...options,
    });
  }

  /** Returns our id of the carrier's call, once it is admitted. */
  async callIdOf(callSid: string, records = this.records): Promise<CallId> {
    return (await this.eventually(
      () => records.findByCarrierId(callSid),
      (found) => found !== null,
      'the call to be admitted',
    ))!;
  }

  /** Returns control-api's record of the carrier's call, once it is stored. */
  async recorded(callSid: string): Promise<StoredCall> {
    const [row] = await this.eventually(
      () =>
        this.sql<{ id: string }>(
          'SELECT id FROM calls WHERE carrier_call_id = $1 AND (ended_at IS NOT NULL OR refusal_reason ' +
            'IS NOT NULL)',
          callSid,
        ),
      (rows) => rows.length > 0,
      `call ${callSid} to be written down`,
    );
    return this.ask<StoredCall>(`/v1/calls/${row?.id}`);
  }

  async ask<Answer>(path: string, key = this.stack.secrets.demoApiKey): Promise<Answer> {
    const response = await fetch(this.stack.urls.controlApi + path, {
      headers: { authorization: `Bearer ${key}` },
    });
    return (await response.json()) as Answer;
  }

  /** Sends a command to control-api and returns its status and problem code. */
  async tell(
    path: string,
    body: object = {},
    key = this.stack.secrets.demoApiKey,
  ): Promise<{ readonly status: number; readonly code?: string }> {
    const response = await fetch(this.stack.urls.controlApi + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { ...((await response.json()) as object), status: response.status };
  }

  /** Publishes changes of agent Sarah over control-api, as an operator does. */
  async publishAsOperator(changes: object): Promise<void> {
    const versions = `/v1/agents/${DEMO_AGENT_ID}/versions`;
    const { items } = await this.ask<{ items: { version: number }[] }>(versions);
    const { content } = await this.ask<{ content: object }>(`${versions}/${items[0]!.version}`);
    await this.change('POST', versions, { ...content, ...changes });
  }

  /** Changes agent Sarah while `run` runs; calls admitted before keep their settings. */
  async withAgent(changes: Partial<AgentContentInput>, run: () => Promise<void>): Promise<void> {
    const before = await this.publish(changes);
    try {
      await run();
    } finally {
      await this.publish(before);
    }
  }

  /** Changes agent Sarah from the next call on. Returns her former content. */
  publish(changes: Partial<AgentContentInput>): Promise<AgentContentInput> {
    return publishDemoAgent(this.database, changes);
  }

  /** Changes something through control-api, as the demo's operator. */
  change<Answer>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    return this.send(method, this.stack.urls.controlApi + path, body);
  }

  /** Asks crm-api, as the demo's operator. */
  crm<Answer>(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: object) {
    return this.send<Answer>(method, this.stack.urls.crmApi + path, body);
  }

  private async send<Answer>(method: string, url: string, body: unknown): Promise<Answer> {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${this.stack.secrets.demoApiKey}`,
        'idempotency-key': randomUUID(),
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new TypeError(`${method} ${url}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : {}) as Answer;
  }

  /**
   * Says this many lines of the caller, each once the caller has heard the agent's next question to its end.
   * A pause while a tool works does not count as the end of the agent's turn.
   * @param records the calls in the Redis of the services, where a spec has given them another one
   */
  async answerQuestions(call: TalkingCaller, lines: number, records = this.records): Promise<void> {
    const callId = await this.callIdOf(call.sid, records);
    for (let line = 1; line <= lines; line += 1) {
      await this.eventually(
        async () => (await records.events(callId)).events.filter(isQuestion).length,
        (questions) => questions >= line,
        `question ${line} of the agent`,
        30_000,
      );
      await call.waitForSilence(400);
      await call.say(words(900));
    }
  }

  async sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]> {
    const rows: unknown = await run(this.database, (manager) => manager.query(text, parameters));
    return rows as Row[];
  }

  async metric(service: string, name: string): Promise<string> {
    const instance =
      this.stack.supervisor.instances.find((candidate) => candidate.startsWith(service)) ?? service;
    const response = await fetch(
      `http://127.0.0.1:${this.stack.supervisor.managementPortOf(instance)}/metrics`,
    );
    return (await response.text())
      .split('\n')
      .filter((line) => line.startsWith(name))
      .join('\n');
  }

  /** Resolves when this number of relays holds a lease. */
  async leases(count: number): Promise<void> {
    await this.eventually(
      () => this.relays.listRelays(),
      ({ length }) => length === count,
      `${count} relays to hold a lease`,
    );
  }

  async eventually<Value>(
    look: () => Promise<Value> | Value,
    isSo: (value: Value) => boolean,
    what: string,
    patienceMs = 15_000,
  ): Promise<Value> {
    for (let waited = 0; ; waited += 50) {
      const value = await look();
      if (isSo(value)) return value;
      if (waited > patienceMs) throw new TypeError(`Waited in vain for ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    this.redis.disconnect();
    await this.twilio.stop();
    await this.stack.stop();
    await this.model.stop();
  }
}

/** Changes the agent of the demo number from the next call on. Returns its former content. */
export async function publishDemoAgent(
  database: DataSource,
  changes: Partial<AgentContentInput>,
): Promise<AgentContentInput> {
  const directory = new AgentDirectory(database);
  const number = await directory.findByNumber(DIALLED);
  if (!number?.agent) throw new TypeError('No agent answers the demo number.');
  const { agentId, agentVersion: _version, tenantId, ...content } = number.agent;
  await directory.publish(tenantId, agentId, { ...content, ...changes });
  return content;
}

/** Returns the calls in Redis, as services with this secret seal them. */
export function callStoreOf(redis: ReturnType<typeof connectRedis>, tandemSecret: string): CallStore {
  return new CallStore(redis, new Sealer(deriveKeys([tandemSecret], 'call-state')));
}

export interface StoredCall {
  readonly callId: string;
  readonly status: string;
  readonly termination: { readonly class: string; readonly reason: string } | null;
  readonly refusalReason: string | null;
  readonly modelKind: string | null;
  readonly models: readonly { readonly provider: string; readonly model: string }[];
  readonly missingEvents: number;
  readonly outcome: string | null;
  readonly durationMs: number;
  readonly language: string | null;
  readonly variantKey: string | null;
  readonly callerGroup: string | null;
  readonly costUsd: number | null;
  readonly cost: {
    readonly isComplete: boolean;
    readonly models: readonly { readonly model: string; readonly usd: number }[];
  } | null;
  readonly transcript: readonly {
    readonly speaker: string;
    readonly text: string;
    readonly isTranscribed: boolean;
    readonly heardMs: number | null;
    readonly interrupted: boolean;
    readonly startedAtMs: number;
  }[];
  readonly toolCalls: readonly {
    readonly name: string;
    readonly startedAtMs: number;
    readonly outcome: { readonly status: string } | null;
  }[];
  readonly recordings: readonly {
    readonly recordingId: string;
    readonly startedAtMs: number;
    readonly durationMs: number | null;
    readonly outcome: string;
  }[];
  readonly legs: readonly unknown[];
  readonly latencies: Readonly<Record<string, { readonly count: number; readonly p95Ms: number }>>;
}

const isQuestion = ({ type, data }: CallEvent): boolean =>
  type === 'agent.spoke' && /\?\s*$/.test((data as { text: string }).text);

/** A line of the caller; only its length matters to a simulated model. */
export const words = (ms: number): Uint8Array => mulawTone(300, ms);

/** Says a line once the agent has finished. */
export async function answer(call: SimulatedCall, ms = 900): Promise<void> {
  await call.waitForSpeech();
  await call.waitForSilence(400);
  await call.say(words(ms));
}

export const spokenByCarrier = (report: CallReport): string => report.said.join(' ');
