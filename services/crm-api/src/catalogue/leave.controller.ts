import { Body, Delete, Get, Param, Post, Query } from '@nestjs/common';
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
  ADDED_LEAVE_EXAMPLE,
  addedLeaveSchema,
  addLeaveSchema,
  LEAVE_EXAMPLE,
  leavePageSchema,
  leaveParametersSchema,
  listLeaveSchema,
  NEW_LEAVE_EXAMPLE,
  type AddLeave,
  type LeaveParameters,
  type ListLeave,
} from './leave.dto.ts';
import { LeaveService } from './leave.service.ts';
import { toLeftBookings } from './resource.dto.ts';

/** Times in which a resource does not work, whatever its hours say. */
@TenantController('resources/:id/leave', CRM_SCOPES)
export class LeaveController {
  constructor(private readonly leave: LeaveService) {}

  @Get()
  @Endpoint({
    summary: 'Leave of a resource, soonest first',
    success: { schema: leavePageSchema, example: { items: [LEAVE_EXAMPLE], nextCursor: null } },
    problems: { 404: '`resource-not-found`' },
  })
  list(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Query({ schema: listLeaveSchema }) query: ListLeave,
  ) {
    return this.leave.list(tenantId, id, query);
  }

  @Post()
  @Idempotent()
  @Endpoint({
    summary: 'Add leave of a resource',
    description:
      'From then on nothing is booked in it; bookings that lie in it stay, and the answer names them, so ' +
      'that somebody can move them. Times are read by the clock of the business when the leave is added. ' +
      'When the clocks go back, a start that comes twice is the first one, an end the second.',
    example: NEW_LEAVE_EXAMPLE,
    success: { status: 201, schema: addedLeaveSchema, example: ADDED_LEAVE_EXAMPLE },
    problems: {
      404: '`resource-not-found`',
      422: '`no-such-time`: the clocks skip the whole of it. `too-much-leave`',
    },
  })
  add(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: idParameterSchema }) { id }: IdParameter,
    @Body({ schema: addLeaveSchema }) body: AddLeave,
  ) {
    return onceFor(body, async (transaction: Transaction) => {
      const { leave, left } = await this.leave.add(transaction, tenantId, id, body, new Date());
      return { ...leave, ...toLeftBookings(left) };
    });
  }

  @Delete(':leaveId')
  @Idempotent()
  @Endpoint({
    summary: 'Delete leave: the resource works then again',
    success: { status: 204 },
    problems: { 404: '`leave-not-found`' },
  })
  delete(
    @CurrentPrincipal() { tenantId }: Principal,
    @Param({ schema: leaveParametersSchema }) { id, leaveId }: LeaveParameters,
  ) {
    return onceFor(null, (transaction: Transaction) => this.leave.delete(transaction, tenantId, id, leaveId));
  }
}
