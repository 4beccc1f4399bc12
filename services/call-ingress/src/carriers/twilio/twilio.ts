import type { CarrierParts } from '../../ports/carrier-parts.ts';
import { CallbackUrls } from './adapter/callback-urls.ts';
import { TwilioAccounts } from './adapter/twilio-accounts.ts';
import { TwilioCarrier } from './adapter/twilio-carrier.ts';
import { CallStatusController } from './webhooks/call-status.controller.ts';
import { SmsController } from './webhooks/sms.controller.ts';
import { StreamEndedController } from './webhooks/stream-ended.controller.ts';
import { TransferController } from './webhooks/transfer.controller.ts';
import { VoiceWebhookController } from './webhooks/voice-webhook.controller.ts';
import { WaitingKeyController } from './webhooks/waiting-key.controller.ts';

/** Twilio's parts of call-ingress. */
export const twilio: CarrierParts = {
  channel: 'twilio',
  adapter: TwilioCarrier,
  providers: [CallbackUrls, TwilioAccounts, TwilioCarrier],
  controllers: [
    VoiceWebhookController,
    WaitingKeyController,
    StreamEndedController,
    TransferController,
    CallStatusController,
    SmsController,
  ],
};
