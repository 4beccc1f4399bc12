import type { z } from 'zod';
import type { ToolRunContext } from '../tool-handler.ts';
import type { CrmResponse } from './crm-http.ts';

/** Asks for the coming appointments of a number, or with a reference. */
export function askComingBookings<Answer>(
  context: ToolRunContext,
  of: { readonly contactPhone: string } | { readonly reference: string },
  limit: number,
  answer: z.ZodType<Answer>,
): Promise<CrmResponse<Answer>> {
  return context.crm.ask(context, {
    method: 'GET',
    path: '/v1/bookings',
    query: { ...of, status: 'booked', from: new Date().toISOString(), limit: String(limit) },
    answer,
  });
}
