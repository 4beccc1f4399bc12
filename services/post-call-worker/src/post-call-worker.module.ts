import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CallStore, connectRedis, redisResource, Sealer } from '@tandem/call-state';
import { WEBHOOK_SECRETS_PURPOSE } from '@tandem/contracts';
import { openTextModel } from '@tandem/models/text';
import {
  AgentDirectory,
  BookingRepository,
  CallRepository,
  databaseResource,
  MessageRepository,
  WebhookDeliveryRepository,
  WebhookEndpointRepository,
} from '@tandem/database';
import {
  CallStateModule,
  DatabaseModule,
  deriveKeys,
  Destinations,
  MessageQueue,
  OutboundPoster,
  PostCallQueue,
  queueGauges,
  queueModule,
  type ServiceConfig,
} from '@tandem/platform';
import { TwilioSms } from '@tandem/telephony/sms';
import { CallRecordProcessor } from './call-record.processor.ts';
import { LateResults } from './late-results/late-results.service.ts';
import { LostCallReaper } from './lost-call.reaper.ts';
import { MailSender } from './messages/mail/mail-sender.ts';
import { MessageAnswers, TEXT_MODEL } from './messages/message-answers.service.ts';
import { MessageSender } from './messages/message-sender.service.ts';
import { MessageSweep } from './messages/message-sweep.ts';
import { MessageProcessor } from './messages/message.processor.ts';
import { noWebSearch, WEB_SEARCH } from './messages/web-search.ts';
import { PostCallMetrics } from './post-call-metrics.ts';
import { OutboxMaintenance } from './webhooks/outbox-maintenance.ts';
import { WebhookDelivery } from './webhooks/webhook-delivery.service.ts';

/** One module, because Nest stops modules one after the other: here all parts finish concurrently. */
@Module({})
export class PostCallWorkerModule {
  static forRoot(config: ServiceConfig<'post-call-worker'>): DynamicModule {
    return {
      module: PostCallWorkerModule,
      imports: [
        queueModule(connectRedis(config.redisUrl, 'worker'), ['post-call', 'messages', 'tool-calls']),
        CallStateModule.forRoot({
          redis: redisResource(config.redisUrl),
          weight: 'always',
          secrets: config.secrets,
          sealer: Sealer,
        }),
        CallStateModule.forFeature(CallStore),
        DatabaseModule.forRoot(
          databaseResource({ url: config.databaseUrl, poolSize: config.databasePoolSize }),
        ),
        DatabaseModule.forFeature(
          AgentDirectory,
          BookingRepository,
          CallRepository,
          MessageRepository,
          WebhookDeliveryRepository,
          WebhookEndpointRepository,
        ),
      ],
      providers: [
        { provide: Sealer, useValue: new Sealer(deriveKeys(config.secrets, WEBHOOK_SECRETS_PURPOSE)) },
        { provide: OutboundPoster, useValue: new OutboundPoster(new Destinations(config.trustedNetworks)) },
        PostCallQueue,
        MessageQueue,
        PostCallMetrics,
        queueGauges('post-call', 'messages'),
        CallRecordProcessor,
        LateResults,
        LostCallReaper,
        OutboxMaintenance,
        WebhookDelivery,
        ...messageParts(config),
      ],
    };
  }
}

/** The parts that answer and send messages. */
function messageParts(config: ServiceConfig<'post-call-worker'>): Provider[] {
  const { textModelKind, textModelUrl, textModelApiKey, textModelName, textModelTimeoutMs } = config;
  const model = openTextModel({
    kind: textModelKind,
    baseUrl: textModelUrl,
    apiKey: textModelApiKey,
    model: textModelName,
    timeoutMs: textModelTimeoutMs,
  });
  const { smtpUrl, mailFrom: from, mailReplyTo: replyTo } = config;
  return [
    { provide: TEXT_MODEL, useValue: model },
    { provide: WEB_SEARCH, useValue: noWebSearch },
    {
      provide: TwilioSms,
      useValue: new TwilioSms({ accounts: accountsOf(config), baseUrl: config.twilioApiUrl }),
    },
    { provide: MailSender, useValue: new MailSender({ smtpUrl, from, replyTo }) },
    MessageAnswers,
    MessageSender,
    MessageProcessor,
    MessageSweep,
  ];
}

/** Returns the accounts that can send, the first one first; of two tokens in rotation the first. */
function accountsOf({
  twilioAccountSid,
  twilioAuthTokens: [token],
  twilioAccounts,
}: ServiceConfig<'post-call-worker'>) {
  const tokens = new Map<string, string>();
  if (twilioAccountSid && token) tokens.set(twilioAccountSid, token);
  for (const { accountSid, secret } of twilioAccounts)
    if (!tokens.has(accountSid)) tokens.set(accountSid, secret);
  return [...tokens].map(([accountSid, authToken]) => ({ accountSid, authToken }));
}
