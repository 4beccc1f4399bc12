import { MICROS_PER_USD, toMicros } from '@tandem/contracts';
import type { DaySpending, TenantBudget } from '@tandem/database';
import { z } from 'zod';
import { usdSchema } from '../http/fields.ts';

export const budgetSchema = z.strictObject({
  dailyUsd: usdSchema.nullable().describe("What calls of one day of the tenant's calendar may cost; null for no limit."),
  monthlyUsd: usdSchema.nullable().describe('The same for a month.'),
  warnShare: z.number().min(0.1).max(1).default(0.8).describe('Warned of at this share of a limit.'),
});
export type Budget = z.output<typeof budgetSchema>;

export const monthQuerySchema = z.object({ month: z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11') });

export const spendingSchema = z.object({
  month: z.string(),
  usd: z.number().describe('Of recorded calls; running ones are not in it yet.'),
  days: z.array(
    z.object({
      date: z.iso.date().describe("Of the tenant's calendar; a call counts on the day it was admitted. Days without calls are absent."),
      calls: z.number().int(),
      usd: z.number(),
      unpriced: z.number().int().describe('Reports of usage without a known price: with any, usd is a lower bound.'),
    }),
  ),
});

const usd = (micros: number): number => micros / MICROS_PER_USD;

export function toBudget({ dailyMicros, monthlyMicros, warnShare }: TenantBudget): Budget {
  return { dailyUsd: dailyMicros === null ? null : usd(dailyMicros), monthlyUsd: monthlyMicros === null ? null : usd(monthlyMicros), warnShare };
}

export function fromBudget({ dailyUsd, monthlyUsd, warnShare }: Budget): TenantBudget {
  return { dailyMicros: dailyUsd === null ? null : toMicros(dailyUsd), monthlyMicros: monthlyUsd === null ? null : toMicros(monthlyUsd), warnShare };
}

export function toSpending(month: string, days: readonly DaySpending[]): z.output<typeof spendingSchema> {
  return { month, usd: usd(days.reduce((sum, { micros }) => sum + micros, 0)), days: days.map(({ micros, ...day }) => ({ ...day, usd: usd(micros) })) };
}
