import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  onceFor,
  TenantController,
  type Principal,
} from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  closedDateSchema,
  closedDatesSchema,
  createClosedDateSchema,
  dateParameterSchema,
  listClosedDatesSchema,
  type CreateClosedDate,
  type DateParameter,
  type ListClosedDates,
} from './closed-date.dto.ts';
import { ClosedDatesService } from './closed-dates.service.ts';

/** Days on which the business is closed, whatever its hours say. */
@TenantController('closed-dates', ADMIN_SCOPES)
export class ClosedDatesController {
  constructor(private readonly dates: ClosedDatesService) {}

  @Get()
  @Endpoint({ summary: 'Closed dates of a year', success: { schema: closedDatesSchema } })
  list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listClosedDatesSchema }) { year }: ListClosedDates,
  ) {
    return this.dates.list(tenantId, year);
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Close a day',
    description:
      'Applies at all numbers, from the next call on, also to those that are always open. Appointments ' +
      'that are booked on the day stay.',
    success: { status: 201, schema: closedDateSchema },
    problems: { 409: '`date-exists`' },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createClosedDateSchema }) body: CreateClosedDate,
  ) {
    return onceFor(body, (transaction: Transaction) => this.dates.create(transaction, tenantId, body));
  }

  @Delete(':date')
  @Endpoint({
    summary: 'Open a day again',
    success: { status: 204, description: 'Also when it was not closed.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: dateParameterSchema }) { date }: DateParameter,
  ): Promise<void> {
    await this.dates.delete(tenantId, date);
  }
}
