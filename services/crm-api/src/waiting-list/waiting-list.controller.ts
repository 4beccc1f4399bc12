import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  idParameterSchema,
  onceFor,
  Reply,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  changeWaitingSchema,
  createWaitingSchema,
  listWaitingSchema,
  toWaitingDto,
  toWaitingPage,
  waitingPageSchema,
  waitingSchema,
  type ChangeWaiting,
  type CreateWaiting,
  type ListWaiting,
} from './waiting-list.dto.ts';
import { WaitingListService } from './waiting-list.service.ts';

const NOT_FOUND = '`waiting-entry-not-found`';

@TenantController('waiting-list', CRM_SCOPES)
export class WaitingListController {
  constructor(private readonly waiting: WaitingListService) {}

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Put a person on the waiting list of a service',
    description:
      'When a time becomes free that fits, because a booking is cancelled or moved or a hold ends, it is ' +
      'held for the one who waits longest; they get a text message unless they opted out. Ask for ' +
      'availability first: times that are free already are not offered.',
    success: [
      { status: 201, schema: waitingSchema },
      { status: 200, description: 'The same call asked for this entry before.', schema: waitingSchema },
    ],
    problems: {
      422:
        '`unknown-service`, `unknown-resource`, `unknown-zone`, `zone-not-served`, `in-the-past`, ' +
        '`waiting-list-full`',
    },
  })
  create(
    @CurrentPrincipal() principal: Principal,
    @Body({ schema: createWaitingSchema }) body: CreateWaiting,
  ) {
    return onceFor(body, async (transaction: Transaction) => {
      const { entry, isNew } = await this.waiting.create(transaction, principal, body);
      return new Reply(isNew ? 201 : 200, toWaitingDto(entry));
    });
  }

  @Get()
  @Endpoint({
    summary: 'People on the waiting list, the longest waiting first',
    success: { schema: waitingPageSchema },
  })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listWaitingSchema }) query: ListWaiting,
  ) {
    return toWaitingPage(await this.waiting.list(tenantId, query));
  }

  @Get(':id')
  @Endpoint({
    summary: 'One entry of the waiting list',
    success: { schema: waitingSchema },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toWaitingDto(await this.waiting.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Change the given fields of one who waits; their place stays',
    success: { schema: waitingSchema },
    problems: {
      404: NOT_FOUND,
      409: '`not-waiting`',
      422: '`unknown-resource`, `unknown-zone`, `zone-not-served`, `invalid-dates`',
    },
  })
  change(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: changeWaitingSchema }) body: ChangeWaiting,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toWaitingDto(await this.waiting.change(transaction, tenantId, id, body)),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Take a person off the waiting list; an offer goes to the next',
    description: 'What was booked stays booked.',
    success: { schema: waitingSchema },
    problems: { 404: NOT_FOUND },
  })
  cancel(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, async (transaction: Transaction) =>
      toWaitingDto(await this.waiting.cancel(transaction, tenantId, id)),
    );
  }
}
