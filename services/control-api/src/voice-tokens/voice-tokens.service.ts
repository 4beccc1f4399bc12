import { Inject, Injectable } from '@nestjs/common';
import type { TenantId } from '@tandem/contracts';
import { CONFIG, Problem, type ServiceConfig } from '@tandem/platform';
import { voiceToken, type VoiceTokenKey } from '@tandem/telephony';
import type { RequestVoiceToken, VoiceToken } from './voice-token.dto.ts';

type Settings = Pick<
  ServiceConfig<'control-api'>,
  'twilioAccountSid' | 'twilioApiKeySid' | 'twilioApiKeySecret' | 'twilioTwimlAppSid'
>;

/** Issues access tokens for apps. They are neither stored nor logged. */
@Injectable()
export class VoiceTokensService {
  private readonly key: VoiceTokenKey | null;

  constructor(@Inject(CONFIG) config: Settings) {
    this.key = keyOf(config);
  }

  /** @throws Problem 409 `voice-sdk-not-configured` */
  issue(tenantId: TenantId, { identity: user, lifetimeS }: RequestVoiceToken): VoiceToken {
    if (!this.key)
      throw new Problem(
        409,
        'voice-sdk-not-configured',
        'Apps cannot place calls here',
        'control-api has no API key for the Voice SDK. Set TWILIO_API_KEY_SID, TWILIO_API_KEY_SECRET, ' +
          'TWILIO_TWIML_APP_SID and TWILIO_ACCOUNT_SID: docs/voice-sdk.md.',
      );
    // All tenants share one account of the carrier, and its names.
    const identity = `${tenantId.replaceAll('-', '')}_${user}`;
    const expiresAt = new Date(Date.now() + lifetimeS * 1_000);
    return {
      token: voiceToken(this.key, identity, lifetimeS),
      identity,
      expiresAt: expiresAt.toISOString(),
    };
  }
}

function keyOf({
  twilioAccountSid: accountSid,
  twilioApiKeySid: apiKeySid,
  twilioApiKeySecret: apiKeySecret,
  twilioTwimlAppSid: twimlAppSid,
}: Settings): VoiceTokenKey | null {
  return accountSid && apiKeySid && apiKeySecret && twimlAppSid
    ? { accountSid, apiKeySid, apiKeySecret, twimlAppSid }
    : null;
}
