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
  bookingNoticesSchema,
  bookingPageSchema,
  bookingSchema,
  cancelBookingSchema,
  createBookingSchema,
  createdBookingSchema,
  listBookingsSchema,
  moveBookingSchema,
  toBookingDto,
  toBookingPage,
  toNoticesDto,
  toSeriesDto,
  type CancelBooking,
  type CreateBooking,
  type ListBookings,
  type MoveBooking,
} from './booking.dto.ts';
import { BookingsService } from './bookings.service.ts';
import { SeriesService } from './series/series.service.ts';

@TenantController('bookings', CRM_SCOPES)
export class BookingsController {
  constructor(
    private readonly bookings: BookingsService,
    private readonly series: SeriesService,
  ) {}

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Book an appointment with a suitable resource that is free, hold it, or book a series',
    description:
      'With `hold` the time is kept for a while and booked by `POST /v1/bookings/{id}/confirm`. With ' +
      '`repeat` a series is booked; the response is its first appointment, with all of them in `series`. ' +
      'How far ahead a business takes bookings counts for the first one alone.',
    success: [
      { status: 201, schema: createdBookingSchema },
      {
        status: 200,
        description: 'The same call asked for this booking before; a hold of it is confirmed.',
        schema: createdBookingSchema,
      },
    ],
    problems: {
      409:
        '`slot-taken`, with up to three `alternatives`; `series-unavailable`, with the times in ' +
        '`unavailable`.',
      422:
        '`unknown-service`, `in-the-past`, `too-soon`, `too-far-ahead`, `outside-hours`, `unknown-zone`, ' +
        '`zone-not-served`, `series-too-long`.',
    },
  })
  create(
    @CurrentPrincipal() principal: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createBookingSchema }) body: CreateBooking,
  ) {
    const { repeat } = body;
    return onceFor(body, async (transaction: Transaction) => {
      if (repeat) {
        const series = await this.series.book(transaction, principal, key, { ...body, repeat }, new Date());
        return new Reply(series.isNew ? 201 : 200, toSeriesDto(series));
      }
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

  @Post(':id/confirm')
  @Idempotent()
  @Endpoint({
    summary: 'Book what is held; a booking stays as it is',
    success: { schema: bookingSchema },
    problems: {
      404: '`booking-not-found`',
      409: '`booking-cancelled`',
      410: '`hold-expired`: the time is free for others again.',
    },
  })
  confirm(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return onceFor(null, async (transaction: Transaction) =>
      toBookingDto(await this.bookings.confirm(transaction, tenantId, id)),
    );
  }

  @Get(':id/notices')
  @Endpoint({
    summary: 'The confirmations and reminders of a booking, sent or left out',
    success: { schema: bookingNoticesSchema },
    problems: { 404: '`booking-not-found`' },
  })
  async notices(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
  ) {
    return toNoticesDto(await this.bookings.noticesOf(tenantId, id));
  }

  @Patch(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Move a booking to another time, also with those that follow in its series',
    success: { schema: bookingSchema },
    problems: {
      404: '`booking-not-found`',
      409:
        '`slot-taken`, with up to three `alternatives`; `booking-cancelled`; `booking-not-confirmed`; ' +
        '`series-unavailable`: none of the series was moved.',
      410: '`hold-expired`',
      422: '`in-the-past`, `too-soon`, `too-far-ahead`, `outside-hours`, `zone-not-served`, `not-a-series`.',
    },
  })
  move(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: moveBookingSchema }) body: MoveBooking,
  ) {
    return onceFor(body, async (transaction: Transaction) =>
      toBookingDto(
        body.scope === 'following'
          ? await this.series.moveFollowing(transaction, tenantId, id, body.start, new Date())
          : await this.bookings.move(transaction, tenantId, id, body, new Date()),
      ),
    );
  }

  @Delete(':id')
  @Idempotent()
  @Endpoint({
    summary: 'Cancel a booking or give up a hold; a cancelled one stays cancelled',
    success: { schema: bookingSchema },
    problems: { 404: '`booking-not-found`', 422: '`not-a-series`' },
  })
  cancel(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: cancelBookingSchema }) { scope }: CancelBooking,
  ) {
    return onceFor(scope ?? null, async (transaction: Transaction) =>
      toBookingDto(
        scope === 'following'
          ? await this.series.cancelFollowing(transaction, tenantId, id)
          : await this.bookings.cancel(transaction, tenantId, id),
      ),
    );
  }
}
