import { Body, Delete, Get, Header, Param, Post, Put } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
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
  feedSchema,
  feedWithPathSchema,
  putFeedSchema,
  toFeedDto,
  type PutFeed,
} from './calendar-feed.dto.ts';
import { CalendarFeeds } from './calendar-feeds.service.ts';

const NOT_FOUND = '`calendar-feed-not-found`';

/** The calendar of a resource at a secret address, for programs that subscribe to it. */
@TenantController('resources/:id/calendar-feed', CRM_SCOPES)
export class CalendarFeedsController {
  constructor(private readonly feeds: CalendarFeeds) {}

  @Get()
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    summary: 'The feed of a resource, with its secret address',
    success: { schema: feedWithPathSchema },
    problems: { 404: `\`resource-not-found\`, ${NOT_FOUND}` },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    const { feed, path } = await this.feeds.get(tenantId, id);
    return { ...toFeedDto(feed), path };
  }

  @Put()
  @Idempotent()
  @Endpoint({
    summary: 'Make the feed of a resource, or change how much it tells',
    success: { schema: feedSchema },
    problems: { 404: '`resource-not-found`' },
  })
  put(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: putFeedSchema }) body: PutFeed,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toFeedDto(await this.feeds.put(transaction, tenantId, id, body)),
    );
  }

  @Post('rotate')
  @Idempotent()
  @Endpoint({
    summary: 'Give the feed another address; the former one is void',
    success: { status: 204 },
    problems: { 404: NOT_FOUND },
  })
  rotate(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, (transaction: Transaction) => this.feeds.rotate(transaction, tenantId, id));
  }

  @Delete()
  @Idempotent()
  @Endpoint({
    summary: 'Delete the feed; its address is void',
    success: { status: 204 },
    problems: { 404: NOT_FOUND },
  })
  delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, (transaction: Transaction) => this.feeds.delete(transaction, tenantId, id));
  }
}
