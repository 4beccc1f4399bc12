import { Body, Get, Inject, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { SpendingRepository } from '@tandem/database';
import { CurrentPrincipal, TenantController, tenantNotFound, type Principal } from '@tandem/platform';
import { ADMIN_SCOPES } from '../admin-scopes.ts';
import {
  budgetSchema,
  changeBudgetSchema,
  fromChange,
  monthQuerySchema,
  spendingSchema,
  toBudget,
  toSpending,
  type Budget,
  type ChangeBudget,
} from './spending.dto.ts';

/** What calls cost, and what they may cost. */
@TenantController('spending', ADMIN_SCOPES)
export class SpendingController {
  constructor(@Inject(SpendingRepository) private readonly spending: SpendingRepository) {}

  @Get()
  @ApiOperation({ summary: 'What the calls of a month have cost, day by day' })
  @ApiResponse({ status: 200, standardSchema: spendingSchema })
  async month(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: monthQuerySchema }) { month: asked }: { month?: string },
  ) {
    const month = asked ?? (await this.spending.currentMonth(caller.tenantId));
    if (month === null) throw tenantNotFound();
    return toSpending(month, await this.spending.byDay(caller.tenantId, month));
  }

  @Get('budget')
  @ApiOperation({ summary: 'What calls may cost' })
  @ApiResponse({ status: 200, standardSchema: budgetSchema })
  async budget(@CurrentPrincipal() caller: Principal): Promise<Budget> {
    return toBudget(await this.spending.budget(caller.tenantId));
  }

  @Put('budget')
  @ApiOperation({
    summary: 'Set what calls may cost, limit by limit',
    description:
      'What is left out stays. New calls are refused, in words, once the limit of the day or the month ' +
      'is used up; running calls go on. Holds for the next call.',
  })
  @ApiResponse({ status: 200, standardSchema: budgetSchema })
  async setBudget(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: changeBudgetSchema }) body: ChangeBudget,
  ): Promise<Budget> {
    return toBudget(await this.spending.changeBudget(caller.tenantId, fromChange(body)));
  }
}
