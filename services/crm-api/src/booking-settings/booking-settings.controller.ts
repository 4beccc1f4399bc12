import { Body, Delete, Get, Param, Put } from '@nestjs/common';
import type { NoticeSettings, Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  BOOKING_SETTINGS_EXAMPLE,
  bookingSettingsSchema,
  noticeSettingsSchema,
  putBookingSettingsSchema,
  serviceNoticesSchema,
  toBookingSettingsDto,
  toServiceNoticesDto,
  type PutBookingSettings,
} from './booking-settings.dto.ts';
import { BookingSettingsService } from './booking-settings.service.ts';

const NOT_FOUND = '`service-not-found`';

@TenantController('booking-settings', CRM_SCOPES)
export class BookingSettingsController {
  constructor(private readonly settings: BookingSettingsService) {}

  @Get()
  @Endpoint({
    summary: 'Confirmations, reminders, quiet hours and offers of the waiting list',
    success: { schema: bookingSettingsSchema, example: BOOKING_SETTINGS_EXAMPLE },
  })
  async get(@CurrentPrincipal() { tenantId }: Principal) {
    return toBookingSettingsDto(await this.settings.get(tenantId));
  }

  @Put()
  @Idempotent()
  @Endpoint({
    summary: 'Replace these settings; fields left out get their defaults',
    description:
      'Notices that are changed are sent from now on: none that was due before is made up for. A reminder ' +
      'that falls into the quiet hours is sent at their end, or not at all if the appointment has begun.',
    example: BOOKING_SETTINGS_EXAMPLE,
    success: { schema: bookingSettingsSchema, example: BOOKING_SETTINGS_EXAMPLE },
    problems: { 422: '`unknown-number`' },
  })
  replace(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: putBookingSettingsSchema }) body: PutBookingSettings,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toBookingSettingsDto(await this.settings.replace(transaction, tenantId, body)),
    );
  }

  @Get('services/:id')
  @Endpoint({
    summary: 'The notices of one service that has its own',
    success: { schema: serviceNoticesSchema },
    problems: { 404: NOT_FOUND },
  })
  async ofService(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toServiceNoticesDto(await this.settings.ofService(tenantId, id));
  }

  @Put('services/:id')
  @Idempotent()
  @Endpoint({
    summary: 'Give a service notices of its own; empty ones for none',
    success: { schema: serviceNoticesSchema },
    problems: { 404: NOT_FOUND },
  })
  replaceOfService(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: noticeSettingsSchema }) body: NoticeSettings,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toServiceNoticesDto(await this.settings.replaceOfService(transaction, tenantId, id, body)),
    );
  }

  @Delete('services/:id')
  @Idempotent()
  @Endpoint({
    summary: 'Take the notices of a service away: those of the business count again',
    success: { schema: serviceNoticesSchema, example: { own: null } },
    problems: { 404: NOT_FOUND },
  })
  deleteOfService(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, async (transaction: Transaction) =>
      toServiceNoticesDto(await this.settings.replaceOfService(transaction, tenantId, id, null)),
    );
  }
}
