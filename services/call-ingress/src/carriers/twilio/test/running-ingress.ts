import type { AddressInfo } from 'node:net';
import { CallStore, RelayRegistry } from '@tandem/call-state';
import { runMigrations } from '@tandem/database';
import { loadServiceConfig, ManagementServer, queueToken, startService } from '@tandem/platform';
import { createTestDatabase, HangingLine, testRedisUrl } from '@tandem/stack';
import type { RedisQueueBackend } from 'bullmq';
import twilio from 'twilio';
import { callIngress } from '../../../call-ingress.ts';

const AUTH_TOKEN = 'the auth token of a carrier for specs';
const PUBLIC_BASE_URL = 'https://voice.example.com';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One call-ingress in this process, with its own database, over connections that can hang. */
export class RunningIngress {
  private constructor(
    readonly url: string,
    /** The address of readiness and metrics; the same one without a management port. */
    readonly managementUrl: string,
    readonly state: { readonly calls: CallStore; readonly relays: RelayRegistry },
    readonly lines: { readonly redis: HangingLine; readonly postgres: HangingLine },
    readonly stop: () => Promise<void>,
  ) {}

  static async start(
    options: { readonly isMigrated?: boolean; readonly settings?: Record<string, string> } = {},
  ): Promise<RunningIngress> {
    const database = await createTestDatabase(
      options.isMigrated === false ? undefined : { name: 'migrated', prepare: runMigrations },
    );
    const lines = {
      redis: await HangingLine.to(await testRedisUrl()),
      postgres: await HangingLine.to(database.url),
    };
    const config = loadServiceConfig('call-ingress', {
      HOST: '127.0.0.1',
      CALL_INGRESS_PORT: '0',
      LOG_LEVEL: 'silent',
      TANDEM_SECRET: 'a secret for specs only and long enough for one',
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      PUBLIC_BASE_URL,
      DATABASE_URL: lines.postgres.url,
      REDIS_URL: lines.redis.url,
      ...options.settings,
    });
    const app = await startService('call-ingress', config, callIngress);
    const { port } = (app.getHttpServer() as { address(): AddressInfo }).address();
    const { port: managementPort = port } = app.get(ManagementServer);
    return new RunningIngress(
      `http://127.0.0.1:${port}`,
      `http://127.0.0.1:${managementPort}`,
      { calls: app.get(CallStore), relays: app.get(RelayRegistry) },
      lines,
      async () => {
        for (const line of Object.values(lines)) line.hang(false);
        const queue = app.get<{ readonly backend: RedisQueueBackend }>(queueToken('post-call'));
        await app.close();
        (await queue.backend.client).disconnect(); // A real process takes it along when it exits.
        for (const line of Object.values(lines)) await line.close();
        await database.drop();
      },
    );
  }

  /** @throws when the answer takes longer than `timeoutMs` */
  async get(path: string, timeoutMs = 10_000, at = this.url): Promise<Answer> {
    const response = await fetch(at + path, { signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, text: await response.text() };
  }

  /** Sends the carrier's signed request about a new call. */
  ring(callSid: string): Promise<Answer> {
    return this.post('/twilio/voice', {
      CallSid: callSid,
      From: '+12025550123',
      To: '+12025550100',
      CallStatus: 'ringing',
      Direction: 'inbound',
    });
  }

  /** A signed form of the carrier. */
  async post(path: string, form: Record<string, string>, authToken = AUTH_TOKEN): Promise<Answer> {
    const url = `${PUBLIC_BASE_URL}${path}`;
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(authToken, url, form) },
      body: new URLSearchParams(form),
    });
    return { status: response.status, text: await response.text() };
  }
}
