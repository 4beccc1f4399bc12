import { Body, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Transaction } from '@tandem/database';
import {
  CurrentPrincipal,
  Endpoint,
  Idempotent,
  IdempotencyKey,
  idParameterSchema,
  onceFor,
  Reply,
  TenantController,
  type IdParameter,
  type Principal,
} from '@tandem/platform';
import { CRM_SCOPES } from '../crm-scopes.ts';
import {
  bookingPageSchema,
  bookingSchema,
  createBookingSchema,
  listBookingsSchema,
  moveBookingSchema,
  toBookingDto,
  toBookingPage,
  type CreateBooking,
  type ListBookings,
  type MoveBooking,
} from './booking.dto.ts';
import { BookingsService } from './bookings.service.ts';

@TenantController('bookings', CRM_SCOPES)
export class BookingsController {
  constructor(private readonly bookings: BookingsService) {}

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Book an appointment with a suitable resource that is free',
    success: [
      { status: 201, schema: bookingSchema },
      {
        status: 200,
        description: 'The same call asked for this booking before; nothing was booked again.',
        schema: bookingSchema,
      },
    ],
    problems: {
      409: '`slot-taken`, with up to three `alternatives`.',
      422:
        '`unknown-service`, `in-the-past`, `too-soon`, `too-far-ahead`, `outside-hours`, `unknown-zone`, ' +
        '`zone-not-served`.',
    },
  })
  create(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createBookingSchema }) body: CreateBooking,
  ) {
    return onceFor(body, async (transaction: Transaction) => {
      const { booking, isNew } = await this.bookings.book(transaction, principal, key, body, new Date());
      return new Reply(isNew ? 201 : 200, toBookingDto(booking));
    });
  }

  @Get()
  @Endpoint({ summary: 'Bookings, soonest first', success: { schema: bookingPageSchema } })
  async list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: listBookingsSchema }) query: ListBookings,
  ) {
    return toBookingPage(await this.bookings.list(tenantId, query));
  }

  @Get(':id')
  @Endpoint({
    summary: 'One booking',
    success: { schema: bookingSchema },
    problems: { 404: '`booking-not-found`' },
  })
  async get(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toBookingDto(await this.bookings.get(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Move a booking to another time',
    success: { schema: bookingSchema },
    problems: {
      404: '`booking-not-found`',
      409: '`slot-taken`, with up to three `alternatives`; `booking-cancelled`.',
      422: '`in-the-past`, `too-soon`, `too-far-ahead`, `outside-hours`, `zone-not-served`.',
    },
  })
  move(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: moveBookingSchema }) body: MoveBooking,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toBookingDto(await this.bookings.move(transaction, tenantId, id, body, new Date())),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Cancel a booking; a cancelled one stays cancelled',
    success: { schema: bookingSchema },
    problems: { 404: '`booking-not-found`' },
  })
  cancel(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, async (transaction: Transaction) =>
      toBookingDto(await this.bookings.cancel(transaction, tenantId, id)),
    );
  }
}
