import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { AgentContentInput, QueueName, TenantId, ToolCallId } from '@tandem/contracts';
import {
  acrossTenants,
  AgentDirectory,
  createDataSource,
  MessageRepository,
  runMigrations,
  transact,
  type DataSource,
  type IncomingMessage,
  type Message,
  type OutgoingMessage,
} from '@tandem/database';
import { loadServiceConfig, MessageQueue, queueToken, startService } from '@tandem/platform';
import { ChatCompletionsSimulator, MailSink, TwilioSimulator } from '@tandem/simulators';
import { createTestDatabase, testRedisUrl } from '@tandem/stack';
import type { Queue, RedisQueueBackend } from 'bullmq';
import { postCallWorker } from '../../post-call-worker.ts';
import { MessageSender } from '../message-sender.service.ts';

const AUTH_TOKEN = 'the-auth-token-of-a-carrier';
const MODEL_KEY = 'key-for-specs';
export const NUMBER = '+12025550100';

type RunningApp = Awaited<ReturnType<typeof startService>>;

/** One post-call-worker in this process between a simulated carrier, a text model and a mail server. */
export class RunningMessages {
  tenantId = randomUUID() as TenantId;
  /** The other party of the running spec. */
  party = '';
  private parties = 0;
  private readonly ends: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly twilio: TwilioSimulator,
    readonly model: ChatCompletionsSimulator,
    readonly mail: MailSink,
    readonly dataSource: DataSource,
    readonly sender: MessageSender,
    readonly redisUrl: string,
    private readonly queue: MessageQueue,
    readonly queueOf: (name: QueueName) => Queue,
    /** Returns a part of the worker. */
    readonly get: <Part>(token: Parameters<RunningApp['get']>[0]) => Part,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<RunningMessages> {
    const ends: (() => Promise<unknown>)[] = [];
    const twilio = new TwilioSimulator({ authToken: AUTH_TOKEN, numbers: [NUMBER] });
    await twilio.start();
    ends.unshift(() => twilio.stop());
    const model = new ChatCompletionsSimulator({ apiKey: MODEL_KEY, models: ['small'] });
    await model.start();
    ends.unshift(() => model.stop());
    const mail = new MailSink('a-password');
    const smtpUrl = await mail.start();
    ends.unshift(() => mail.stop());
    const { url, drop } = await createTestDatabase();
    ends.unshift(drop);
    await runMigrations(url);
    const redisUrl = await testRedisUrl();
    const config = loadServiceConfig('post-call-worker', {
      HOST: '127.0.0.1',
      POST_CALL_WORKER_PORT: '0',
      LOG_LEVEL: 'silent',
      TANDEM_SECRET: 'a secret for specs only and long enough for one',
      DATABASE_URL: url,
      REDIS_URL: redisUrl,
      TWILIO_ACCOUNT_SID: twilio.accountSid,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_API_URL: twilio.apiBaseUrl,
      TEXT_MODEL_KIND: 'openai',
      TEXT_MODEL_NAME: 'small',
      TEXT_MODEL_URL: model.baseUrl,
      TEXT_MODEL_API_KEY: MODEL_KEY,
      SMTP_URL: smtpUrl,
      MAIL_FROM: 'Spec Plumbing <office@spec.example>',
      ...settings,
    });
    Logger.overrideLogger(false);
    const app = await startService('post-call-worker', config, postCallWorker);
    const dataSource = await createDataSource({ url, poolSize: 3 }).initialize();
    const running = new RunningMessages(
      twilio,
      model,
      mail,
      dataSource,
      app.get(MessageSender),
      redisUrl,
      app.get(MessageQueue),
      (name) => app.get<Queue>(queueToken(name)),
      <Part>(token: Parameters<RunningApp['get']>[0]) => app.get<Part>(token),
    );
    running.ends.push(
      async () => {
        const queue = app.get<{ readonly backend: RedisQueueBackend }>(queueToken('messages'));
        await app.close();
        (await queue.backend.client).disconnect(); // A real process takes it along when it exits.
      },
      () => dataSource.destroy(),
      ...ends,
    );
    return running;
  }

  async stop(): Promise<void> {
    for (const end of this.ends) await end();
  }

  /** Begins a spec: a tenant whose agent answers the number. */
  async begin(agent: Partial<AgentContentInput> = {}): Promise<void> {
    this.tenantId = randomUUID() as TenantId;
    const agentId = randomUUID();
    await this.sql('DELETE FROM phone_numbers');
    await this.sql(
      `INSERT INTO tenants (id, slug, company_name, time_zone) VALUES ($1, $2, 'Spec', 'UTC')`,
      this.tenantId,
      `t-${this.tenantId}`,
    );
    await new AgentDirectory(this.dataSource).publish(this.tenantId, agentId, {
      name: 'Sarah',
      companyName: 'Spec Plumbing',
      timeZone: 'UTC',
      instructions: 'We are open from eight to five.',
      model: { kind: 'guided' },
      ...agent,
    });
    await this.sql(
      'INSERT INTO phone_numbers (tenant_id, e164, agent_id, is_always_open) VALUES ($1, $2, $3, true)',
      this.tenantId,
      NUMBER,
      agentId,
    );
    this.party = `+1202555${String((this.parties += 1)).padStart(4, '0')}`;
    this.model.script({ text: 'We are open until five.' });
  }

  /** Text messages to the party of the running spec. */
  get sentSms() {
    return this.twilio.sentSms.filter(({ to }) => to === this.party);
  }

  get messages(): MessageRepository {
    return new MessageRepository(this.dataSource);
  }

  /** A text message comes in. */
  async receive(body: string, more: Partial<IncomingMessage> = {}): Promise<Message> {
    const message = await this.messages.receive({
      tenantId: this.tenantId,
      channel: 'sms',
      ownAddress: NUMBER,
      party: this.party,
      body,
      mediaCount: 0,
      accountId: this.twilio.accountSid,
      providerId: `SM${randomUUID()}`,
      consent: null,
      refusal: null,
      ...more,
    });
    return message!;
  }

  /** A message of ours is stored, without a job. */
  create(more: Partial<OutgoingMessage> = {}): ReturnType<MessageRepository['create']> {
    return transact(this.dataSource, this.tenantId, (transaction) =>
      this.messages.create(transaction, {
        tenantId: this.tenantId,
        channel: 'sms',
        ownAddress: NUMBER,
        party: this.party,
        body: 'Your appointment is on Monday.',
        callId: null,
        toolCallId: `tc_${randomUUID()}` as ToolCallId,
        ...more,
      }),
    );
  }

  enqueue({ id, tenantId }: Message): Promise<void> {
    return this.queue.enqueue(id, tenantId);
  }

  /** Waits until the message has this status. */
  async reaches({ id, tenantId }: Message, status: Message['status']): Promise<Message> {
    for (let tries = 0; tries < 1_000; tries += 1) {
      const message = await this.messages.find(tenantId, id);
      if (message?.status === status) return message;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new TypeError(`The message did not become ${status}: ${JSON.stringify(await this.all())}`);
  }

  /** The messages of the tenant, the first one first. */
  async all(): Promise<Message[]> {
    const { items } = await this.messages.list(this.tenantId, {}, { limit: 100 });
    return [...items].reverse();
  }

  async sql<Row>(text: string, ...values: unknown[]): Promise<Row[]> {
    const rows: unknown = await acrossTenants(this.dataSource, 'installation', (manager) =>
      manager.query(text, values),
    );
    return rows as Row[];
  }
}
