import { Body, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
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
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import { CalendarAuthorization } from './calendar-authorization.service.ts';
import {
  authorizationSchema,
  connectionPageSchema,
  connectionSchema,
  createConnectionSchema,
  listConnectionsSchema,
  putCredentialsSchema,
  toConnectionDto,
  type CreateConnection,
  type ListConnections,
  type PutCredentials,
} from './calendar-connection.dto.ts';
import { CalendarConnections } from './calendar-connections.service.ts';

const NOT_FOUND = '`calendar-connection-not-found`';

/** Calendars outside of Tandem whose busy times are kept free, and to which bookings are written. */
@TenantController('calendar-connections', ADMIN_SCOPES)
export class CalendarConnectionsController {
  constructor(
    private readonly connections: CalendarConnections,
    private readonly authorization: CalendarAuthorization,
  ) {}

  @Get()
  @Endpoint({ summary: 'Connected calendars, newest first', success: { schema: connectionPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listConnectionsSchema }) query: ListConnections,
  ) {
    const { items, nextCursor } = await this.connections.list(tenantId, query);
    return { items: items.map(toConnectionDto), nextCursor };
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Connect the calendar of a resource',
    description: 'docs/calendars.md explains the kinds. Standing bookings are written there.',
    success: { status: 201, schema: connectionSchema },
    problems: {
      422:
        '`unknown-resource`, `too-many-calendars`, `address-refused`, `password-needed`, ' +
        '`password-not-used`',
    },
  })
  create(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: createConnectionSchema }) body: CreateConnection,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toConnectionDto(await this.connections.create(transaction, tenantId, body)),
    );
  }

  @Get(':id')
  @Endpoint({
    summary: 'One connected calendar, with its state and last fault',
    success: { schema: connectionSchema },
    problems: { 404: NOT_FOUND },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toConnectionDto(await this.connections.get(tenantId, id));
  }

  @Put(':id/credentials')
  @Endpoint({
    summary: 'Set name and password anew; the calendar is tried at once',
    success: { status: 204 },
    problems: { 404: NOT_FOUND, 422: '`password-not-used`' },
  })
  async putCredentials(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: putCredentialsSchema }) body: PutCredentials,
  ): Promise<void> {
    await this.connections.putCredentials(tenantId, id, body);
  }

  @Post(':id/authorize')
  @Endpoint({
    summary: 'Get the address at which the owner of the calendar agrees',
    success: { schema: authorizationSchema },
    problems: { 404: NOT_FOUND, 422: '`authorization-not-used`, `provider-not-set-up`' },
  })
  async authorize(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return { url: await this.authorization.begin(tenantId, id) };
  }

  @Post(':id/test')
  @Endpoint({
    summary: 'Read the calendar at once; its state tells how that went',
    success: { status: 202 },
    problems: { 404: NOT_FOUND },
  })
  async test(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.connections.test(tenantId, id);
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Disconnect a calendar; events that were written there stay',
    success: { status: 204, description: 'Also when it was not there.' },
  })
  async delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ): Promise<void> {
    await this.connections.delete(tenantId, id);
  }
}
