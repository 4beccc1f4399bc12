import { MICROS_PER_USD, toMicros } from '@tandem/contracts';
import type { BudgetChange, DaySpending, TenantBudget } from '@tandem/database';
import { z } from 'zod';
import { usdSchema } from '../http/fields.ts';

const dailySchema = usdSchema
  .nullable()
  .describe("Limit for the calls of a day of the tenant's calendar; null for none.");
const monthlySchema = usdSchema.nullable().describe('Limit for the calls of a month; null for none.');
const warnSchema = z
  .number()
  .min(0.1)
  .max(1)
  .describe('Share of a limit at which a warning event is sent; 0.8 unless set.');

export const budgetSchema = z
  .object({
    dailyUsd: dailySchema,
    monthlyUsd: monthlySchema,
    warnShare: warnSchema,
  })
  .meta({ example: { dailyUsd: 25, monthlyUsd: 400, warnShare: 0.8 } });
export type Budget = z.output<typeof budgetSchema>;

export const changeBudgetSchema = z
  .strictObject({
    dailyUsd: dailySchema.optional(),
    monthlyUsd: monthlySchema.optional(),
    warnShare: warnSchema.optional(),
  })
  .refine(
    (given) => Object.values(given).some((value) => value !== undefined),
    'name at least one of dailyUsd, monthlyUsd, warnShare',
  )
  .meta({ example: { dailyUsd: 25, monthlyUsd: null } });
export type ChangeBudget = z.output<typeof changeBudgetSchema>;

export const monthQuerySchema = z.object({
  month: z
    .string()
    .regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-11')
    .optional()
    .meta({ description: 'The current month of the tenant when left out.', example: '2027-03' }),
});
export type MonthQuery = z.output<typeof monthQuerySchema>;

export const spendingSchema = z
  .object({
    month: z.string(),
    usd: z.number().describe('Cost of stored calls, without running ones.'),
    days: z.array(
      z.object({
        date: z.iso
          .date()
          .describe(
            "A day of the tenant's calendar; a call counts on the day of its admission. Days without " +
              'calls are absent.',
          ),
        calls: z.number().int(),
        usd: z.number(),
        unpriced: z
          .number()
          .int()
          .describe('Reports of usage without a known price: with any, usd is a lower bound.'),
      }),
    ),
  })
  .meta({
    example: {
      month: '2027-03',
      usd: 1.84,
      days: [{ date: '2027-03-01', calls: 41, usd: 1.84, unpriced: 0 }],
    },
  });

const usd = (micros: number): number => micros / MICROS_PER_USD;

export function toBudget({ dailyMicros, monthlyMicros, warnShare }: TenantBudget): Budget {
  return {
    dailyUsd: dailyMicros === null ? null : usd(dailyMicros),
    monthlyUsd: monthlyMicros === null ? null : usd(monthlyMicros),
    warnShare,
  };
}

export function fromChange({ dailyUsd, monthlyUsd, warnShare }: ChangeBudget): BudgetChange {
  return { dailyMicros: micros(dailyUsd), monthlyMicros: micros(monthlyUsd), warnShare };
}

/** Returns an amount in millionths; undefined and null stay as they are. */
const micros = (amount: number | null | undefined): number | null | undefined =>
  amount === null || amount === undefined ? amount : toMicros(amount);

export function toSpending(month: string, days: readonly DaySpending[]): z.output<typeof spendingSchema> {
  return {
    month,
    usd: usd(days.reduce((sum, { micros }) => sum + micros, 0)),
    days: days.map(({ micros, ...day }) => ({ ...day, usd: usd(micros) })),
  };
}
