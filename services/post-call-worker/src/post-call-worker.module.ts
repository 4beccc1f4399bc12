import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CallStore, connectRedis, redisResource, Sealer } from '@tandem/call-state';
import { WEBHOOK_SECRETS_PURPOSE } from '@tandem/contracts';
import { openTextModel } from '@tandem/models/text';
import {
  AgentDirectory,
  AnalysisRepository,
  BookingNoticeRepository,
  BookingRepository,
  CalendarSyncRepository,
  CallRepository,
  ContactRepository,
  CredentialRenewalRepository,
  CrmDeliveryRepository,
  databaseResource,
  MessageRepository,
  SealedValueRepository,
  SecretRepository,
  TimelineRepository,
  WebhookDeliveryRepository,
} from '@tandem/database';
import {
  AnalysisQueue,
  CallStateModule,
  DatabaseModule,
  deriveKeys,
  Destinations,
  MessageQueue,
  OutboundClient,
  OutboundConnections,
  OutboundPoster,
  PostCallQueue,
  queueGauges,
  queueModule,
  type ServiceConfig,
} from '@tandem/platform';
import { TwilioSms } from '@tandem/telephony/sms';
import { AnalysisSweep } from './analysis/analysis-sweep.ts';
import { AnalysisProcessor } from './analysis/analysis.processor.ts';
import { CallAnalysisService } from './analysis/call-analysis.service.ts';
import { CallRecordProcessor } from './call-record.processor.ts';
import { calendarParts } from './calendars/calendar-parts.ts';
import { CrmDelivery } from './crm/crm-delivery.service.ts';
import { CrmMaintenance } from './crm/crm-maintenance.ts';
import { CrmPush } from './crm/crm-push.service.ts';
import { CrmSecrets } from './crm/crm-secrets.ts';
import { LateResults } from './late-results/late-results.service.ts';
import { LostCallReaper } from './lost-call.reaper.ts';
import { MailSender } from './messages/mail/mail-sender.ts';
import { MessageAnswers, TEXT_MODEL } from './messages/message-answers.service.ts';
import { MessageSender } from './messages/message-sender.service.ts';
import { MessageSweep } from './messages/message-sweep.ts';
import { MessageProcessor } from './messages/message.processor.ts';
import { WEB_SEARCH, webSearchOf } from './messages/web-search.ts';
import { PostCallMetrics } from './post-call-metrics.ts';
import { ReminderSweep } from './reminders/reminder-sweep.ts';
import { Resealing } from './sealing/resealing.service.ts';
import { UnheardWordsSweep } from './unheard-words-sweep.ts';
import { OutboxMaintenance } from './webhooks/outbox-maintenance.ts';
import { WebhookDelivery } from './webhooks/webhook-delivery.service.ts';

/** One module, because Nest stops modules one after the other: here all parts finish concurrently. */
@Module({})
export class PostCallWorkerModule {
  static forRoot(config: ServiceConfig<'post-call-worker'>): DynamicModule {
    return {
      module: PostCallWorkerModule,
      imports: [
        queueModule(connectRedis(config.redisUrl, 'worker'), [
          'post-call',
          'messages',
          'call-analysis',
          'tool-calls',
        ]),
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
          AnalysisRepository,
          BookingNoticeRepository,
          BookingRepository,
          CalendarSyncRepository,
          CallRepository,
          ContactRepository,
          CredentialRenewalRepository,
          CrmDeliveryRepository,
          MessageRepository,
          SealedValueRepository,
          SecretRepository,
          TimelineRepository,
          WebhookDeliveryRepository,
        ),
      ],
      providers: [
        { provide: Sealer, useValue: new Sealer(deriveKeys(config.secrets, WEBHOOK_SECRETS_PURPOSE)) },
        { provide: OutboundPoster, useValue: new OutboundPoster(new Destinations(config.trustedNetworks)) },
        PostCallQueue,
        MessageQueue,
        PostCallMetrics,
        queueGauges('post-call', 'messages', 'call-analysis'),
        CallRecordProcessor,
        LateResults,
        LostCallReaper,
        UnheardWordsSweep,
        Resealing,
        OutboxMaintenance,
        WebhookDelivery,
        ...crmParts(config),
        ReminderSweep,
        ...messageParts(config),
        AnalysisQueue,
        CallAnalysisService,
        AnalysisProcessor,
        AnalysisSweep,
        ...calendarParts(config),
      ],
    };
  }
}

/** The parts that push events into CRMs. */
function crmParts({ secrets, trustedNetworks }: ServiceConfig<'post-call-worker'>): Provider[] {
  const connections = new OutboundConnections(new Destinations(trustedNetworks));
  return [
    { provide: CrmSecrets, useValue: new CrmSecrets(secrets) },
    { provide: OutboundClient, useValue: new OutboundClient(connections) },
    CrmPush,
    CrmDelivery,
    CrmMaintenance,
  ];
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
    { provide: WEB_SEARCH, useValue: webSearchOf(config) },
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
