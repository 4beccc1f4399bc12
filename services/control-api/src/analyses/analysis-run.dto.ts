import { afterCallSchema, type CallId } from '@tandem/contracts';
import type { AnalysisRun, Page, RunSelection } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';

const instant = z.iso.datetime({ offset: true }).max(40);
const MAX_NAMED = 1_000;
export const MAX_PERIOD_MS = 366 * 86_400_000;

const callId = z
  .uuid()
  .toLowerCase()
  .transform((id) => id as CallId);

export const createRunSchema = z
  .strictObject({
    callIds: z.array(callId).min(1).max(MAX_NAMED).optional().describe('These calls.'),
    from: instant.optional().describe('Calls admitted at or after.'),
    to: instant.optional().describe('Calls admitted before.'),
    agentId: z.uuid().optional().describe('Calls of the period that this agent held, in any version.'),
    afterCall: afterCallSchema
      .strict()
      .optional()
      .describe("Settings in place of those of each call's own agent, as `afterCall` of an agent has them."),
  })
  .refine(({ callIds, from, to }) => (callIds === undefined) !== (from === undefined && to === undefined), {
    error: 'give either callIds, or from and to',
    path: ['callIds'],
  })
  .refine(({ callIds, agentId }) => callIds === undefined || agentId === undefined, {
    error: 'goes with from and to only',
    path: ['agentId'],
  })
  .refine(({ from, to }) => (from === undefined) === (to === undefined), {
    error: 'from and to go together',
    path: ['to'],
  })
  .refine(({ from, to }) => isPeriod(from, to), {
    error: 'must be after from, by 366 days at most',
    path: ['to'],
  })
  .meta({ example: { from: '2027-03-01T00:00:00Z', to: '2027-03-08T00:00:00Z' } });
export type CreateRun = z.output<typeof createRunSchema>;

/** Returns whether an instant follows another one within the longest period; true without both. */
export function isPeriod(from: string | undefined, to: string | undefined): boolean {
  if (from === undefined || to === undefined) return true;
  const length = Date.parse(to) - Date.parse(from);
  return length > 0 && length <= MAX_PERIOD_MS;
}

export const listRunsSchema = z.object(pageQuery);
export type ListRuns = z.output<typeof listRunsSchema>;

export const runSchema = z
  .object({
    id: z.uuid(),
    version: z.string().nullable().describe('Of the settings it came with; null for those of the agents.'),
    state: z.enum(['running', 'finished', 'cancelled']),
    queued: z.number().int(),
    done: z.number().int(),
    failed: z.number().int(),
    cancelled: z.number().int(),
    skipped: z
      .number()
      .int()
      .describe('Calls without an analysis: the version of their agent has no `afterCall`, or no such call.'),
    createdAt: z.iso.datetime(),
    cancelledAt: z.iso.datetime().nullable(),
  })
  .meta({
    example: {
      id: '7a0c1d3e-0000-4000-8011-000000000001',
      version: null,
      state: 'running',
      queued: 12,
      done: 30,
      failed: 0,
      cancelled: 0,
      skipped: 2,
      createdAt: '2027-03-08T09:00:00.000Z',
      cancelledAt: null,
    },
  });
export const runPageSchema = pageOf(runSchema);

export function toRunDto(run: AnalysisRun): z.output<typeof runSchema> {
  return {
    ...run,
    state: run.cancelledAt ? 'cancelled' : run.queued > 0 ? 'running' : 'finished',
    createdAt: run.createdAt.toISOString(),
    cancelledAt: run.cancelledAt?.toISOString() ?? null,
  };
}

export function toRunPage({ items, nextCursor }: Page<AnalysisRun>): z.output<typeof runPageSchema> {
  return { items: items.map(toRunDto), nextCursor };
}

export function toSelection({ callIds, from, to, agentId }: CreateRun): RunSelection {
  if (callIds) return { callIds };
  return { from: new Date(from ?? 0), to: new Date(to ?? 0), agentId: agentId ?? null };
}
