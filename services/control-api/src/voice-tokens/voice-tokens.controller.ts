import { Body, Header, Post } from '@nestjs/common';
import type { ApiScope } from '@tandem/database';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
import {
  requestVoiceTokenSchema,
  voiceTokenSchema,
  type RequestVoiceToken,
  type VoiceToken,
} from './voice-token.dto.ts';
import { VoiceTokensService } from './voice-tokens.service.ts';

const SCOPES = { read: 'calls:place', write: 'calls:place' } as const satisfies Record<string, ApiScope>;

/** Access tokens with which apps place calls to agents. */
@TenantController('voice-tokens', SCOPES)
export class VoiceTokensController {
  constructor(private readonly tokens: VoiceTokensService) {}

  @Post()
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'Issue an access token for an app that places calls',
    description:
      'For the Voice SDK in a browser or a mobile app. Ask for it from your own server, which knows who ' +
      'the user is: an API key does not belong in an app.',
    success: { status: 201, schema: voiceTokenSchema },
    problems: { 409: '`voice-sdk-not-configured`' },
  })
  issue(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: requestVoiceTokenSchema }) body: RequestVoiceToken,
  ): VoiceToken {
    return this.tokens.issue(tenantId, body);
  }
}
