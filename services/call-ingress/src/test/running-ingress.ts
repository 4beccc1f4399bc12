import type { AddressInfo } from 'node:net';
import { runMigrations } from '@tandem/database';
import { loadServiceConfig, ManagementServer, queueToken, startService } from '@tandem/platform';
import { createTestDatabase, HangingLine, testRedisUrl } from '@tandem/stack';
import type { RedisQueueBackend } from 'bullmq';
import twilio from 'twilio';
import { callIngress } from '../call-ingress.ts';

const AUTH_TOKEN = 'the auth token of a carrier for specs';
const PUBLIC_BASE_URL = 'https://voice.example.com';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** One call-ingress in this process, on a database of its own, over lines that can hang. */
export class RunningIngress {
  private constructor(
    readonly url: string,
    /** Where readiness and metrics are, if not there. */
    readonly managementUrl: string,
    readonly lines: { readonly redis: HangingLine; readonly postgres: HangingLine },
    readonly stop: () => Promise<void>,
  ) {}

  static async start(
    options: { readonly isMigrated?: boolean; readonly settings?: Record<string, string> } = {},
  ): Promise<RunningIngress> {
    const database = await createTestDatabase();
    if (options.isMigrated !== false) await runMigrations(database.url);
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
      lines,
      async () => {
        for (const line of Object.values(lines)) line.hang(false);
        const queue = app.get<{ readonly backend: RedisQueueBackend }>(queueToken('post-call'));
        await app.close();
        (await queue.backend.client).disconnect(); // In a process of its own it goes with the process.
        for (const line of Object.values(lines)) await line.close();
        await database.drop();
      },
    );
  }

  /** @param withinMs patience; the answer that is later is an error */
  async get(path: string, withinMs = 10_000, at = this.url): Promise<Answer> {
    const response = await fetch(at + path, { signal: AbortSignal.timeout(withinMs) });
    return { status: response.status, text: await response.text() };
  }

  /** The carrier's question about a new call, signed. */
  async ring(callSid: string): Promise<Answer> {
    const form = {
      CallSid: callSid,
      From: '+12025550123',
      To: '+12025550100',
      CallStatus: 'ringing',
      Direction: 'inbound',
    };
    const response = await fetch(`${this.url}/twilio/voice`, {
      method: 'POST',
      headers: {
        'x-twilio-signature': twilio.getExpectedTwilioSignature(
          AUTH_TOKEN,
          `${PUBLIC_BASE_URL}/twilio/voice`,
          form,
        ),
      },
      body: new URLSearchParams(form),
    });
    return { status: response.status, text: await response.text() };
  }
}
