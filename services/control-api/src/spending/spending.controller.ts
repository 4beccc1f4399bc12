import { Body, Get, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, Endpoint, TenantController, type Principal } from '@tandem/platform';
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
  type MonthQuery,
} from './spending.dto.ts';
import { SpendingService } from './spending.service.ts';

/** The cost of calls, and its limits. */
@TenantController('spending', ADMIN_SCOPES)
export class SpendingController {
  constructor(private readonly spending: SpendingService) {}

  @Get()
  @Endpoint({
    summary: 'What the calls of a month have cost, day by day',
    success: { schema: spendingSchema },
  })
  async month(
    @CurrentPrincipal() { tenantId }: Principal,
    @Query({ schema: monthQuerySchema }) query: MonthQuery,
  ) {
    const { month, days } = await this.spending.ofMonth(tenantId, query.month);
    return toSpending(month, days);
  }

  @Get('budget')
  @Endpoint({ summary: 'Limits of what calls may cost', success: { schema: budgetSchema } })
  async budget(@CurrentPrincipal() { tenantId }: Principal): Promise<Budget> {
    return toBudget(await this.spending.budget(tenantId));
  }

  @Put('budget')
  @Endpoint({
    summary: 'Change the limits that are given',
    description:
      'A limit left out stays. Once the limit of the day or month is reached, new callers hear a refusal; ' +
      'running calls go on. Applies from the next call on.',
    success: { schema: budgetSchema },
  })
  async setBudget(
    @CurrentPrincipal() { tenantId }: Principal,
    @Body({ schema: changeBudgetSchema }) body: ChangeBudget,
  ): Promise<Budget> {
    return toBudget(await this.spending.changeBudget(tenantId, fromChange(body)));
  }
}
