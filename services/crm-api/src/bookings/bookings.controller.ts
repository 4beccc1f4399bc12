import { Body, Delete, Get, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { Transaction } from '@tandem/database';
import type { Response } from 'express';
import {
  CurrentPrincipal,
  IdempotencyKey,
  IdempotentWrites,
  idParameterSchema,
  problemSchema,
  Repeatable,
  TenantController,
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
  type BookingDto,
  type CreateBooking,
  type ListBookings,
  type MoveBooking,
} from './booking.dto.ts';
import { BookingsService } from './bookings.service.ts';

@TenantController('bookings', CRM_SCOPES)
export class BookingsController {
  constructor(
    @Inject(BookingsService) private readonly bookings: BookingsService,
    @Inject(IdempotentWrites) private readonly writes: IdempotentWrites<Transaction>,
  ) {}

  @Post()
  @Repeatable()
  @ApiOperation({ summary: 'Book an appointment with whoever suits and is free' })
  @ApiResponse({
    status: 200,
    description: 'The same call asked for this booking before; nothing was booked again.',
    standardSchema: bookingSchema,
  })
  @ApiResponse({ status: 201, standardSchema: bookingSchema })
  @ApiResponse({
    status: 409,
    description: '`slot-taken`, with up to three `alternatives`; or `idempotency-in-progress`.',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 422,
    description:
      '`unknown-service`, `in-the-past`, `too-soon`, `too-far-ahead`, `outside-hours`; or ' +
      '`idempotency-key-reused`.',
    standardSchema: problemSchema,
  })
  create(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Body({ schema: createBookingSchema }) body: CreateBooking,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BookingDto> {
    return this.writes.perform(
      { caller, key, operation: 'POST /v1/bookings', body },
      response,
      async (transaction) => {
        const { booking, isNew } = await this.bookings.book(transaction, caller, key, body, new Date());
        return { status: isNew ? 201 : 200, body: toBookingDto(booking) };
      },
    );
  }

  @Get()
  @ApiOperation({ summary: 'Bookings, soonest first' })
  @ApiResponse({ status: 200, standardSchema: bookingPageSchema })
  async list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: listBookingsSchema }) query: ListBookings,
  ) {
    return toBookingPage(await this.bookings.list(caller.tenantId, query));
  }

  @Get(':id')
  @ApiOperation({ summary: 'One booking' })
  @ApiResponse({ status: 200, standardSchema: bookingSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  async get(
    @CurrentPrincipal() caller: Principal,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
  ): Promise<BookingDto> {
    return toBookingDto(await this.bookings.get(caller.tenantId, id));
  }

  @Patch(':id')
  @Repeatable()
  @ApiOperation({ summary: 'Give a booking another time' })
  @ApiResponse({ status: 200, standardSchema: bookingSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description:
      '`slot-taken`, with up to three `alternatives`; `booking-cancelled`; or `idempotency-in-progress`.',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 422,
    description: '`in-the-past`, `too-soon`, `too-far-ahead`, `outside-hours`; or `idempotency-key-reused`.',
    standardSchema: problemSchema,
  })
  move(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Body({ schema: moveBookingSchema }) body: MoveBooking,
    @Res({ passthrough: true }) response: Response,
  ): Promise<BookingDto> {
    return this.writes.perform(
      { caller, key, operation: `PATCH /v1/bookings/${id}`, body },
      response,
      async (transaction) => ({
        status: 200,
        body: toBookingDto(await this.bookings.move(transaction, caller.tenantId, id, body, new Date())),
      }),
    );
  }

  @Delete(':id')
  @Repeatable()
  @ApiOperation({ summary: 'Cancel a booking; a cancelled one stays cancelled' })
  @ApiResponse({ status: 200, standardSchema: bookingSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  cancel(
    @CurrentPrincipal() caller: Principal,
    @IdempotencyKey() key: string,
    @Param({ schema: idParameterSchema }) { id }: { id: string },
    @Res({ passthrough: true }) response: Response,
  ): Promise<BookingDto> {
    return this.writes.perform(
      { caller, key, operation: `DELETE /v1/bookings/${id}`, body: null },
      response,
      async (transaction) => ({
        status: 200,
        body: toBookingDto(await this.bookings.cancel(transaction, caller.tenantId, id)),
      }),
    );
  }
}
