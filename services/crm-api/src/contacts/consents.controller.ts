import { Body, Get, Param, Put } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  onceFor,
  TenantController,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  consentParameterSchema,
  consentSchema,
  stateConsentSchema,
  toConsentDto,
  type ConsentParameter,
  type StateConsent,
} from './consent.dto.ts';
import { ConsentsService } from './consents.service.ts';

@TenantController('contacts/:id/consents/:purpose', CRM_SCOPES)
export class ConsentsController {
  constructor(private readonly consents: ConsentsService) {}

  @Get()
  @Endpoint({
    summary: 'What a contact has allowed or forbidden for a purpose',
    success: { schema: consentSchema },
    problems: { 404: '`contact-not-found`', 410: '`contact-merged`, with the `contactId` it is part of.' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: consentParameterSchema }) parameter: ConsentParameter,
  ) {
    return toConsentDto(parameter.purpose, await this.consents.history(tenantId, parameter));
  }

  @Put()
  @Idempotent()
  @Endpoint({
    summary: 'Put on record what a contact allows or forbids; earlier statements are kept',
    success: { schema: consentSchema },
    problems: {
      404: '`contact-not-found`',
      410: '`contact-merged`, with the `contactId` it is part of.',
      422: '`in-the-future`',
    },
  })
  put(
    @CurrentPrincipal() principal: Principal,
    @Param({ schema: consentParameterSchema }) parameter: ConsentParameter,
    @Body({ schema: stateConsentSchema }) body: StateConsent,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toConsentDto(
        parameter.purpose,
        await this.consents.state(transaction, principal, parameter, body, new Date()),
      ),
    );
  }
}
