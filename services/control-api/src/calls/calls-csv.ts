import type { CallSummary } from '@tandem/database';
import { csvLine } from '../analyses/csv.ts';
import { usd } from './call-cost.dto.ts';

const COLUMNS: readonly (readonly [string, (call: CallSummary) => string | number | null])[] = [
  ['call_id', ({ callId }) => callId],
  ['admitted_at', ({ admittedAt }) => admittedAt.toISOString()],
  ['ended_at', ({ endedAt }) => endedAt?.toISOString() ?? null],
  ['direction', ({ direction }) => direction],
  ['channel', ({ channel }) => channel],
  ['from', ({ from }) => from],
  ['to', ({ to }) => to],
  ['status', ({ status }) => status],
  ['duration_s', ({ durationMs }) => (durationMs === null ? null : Math.round(durationMs / 1_000))],
  ['agent_id', ({ agent }) => agent?.id ?? null],
  ['agent', ({ agent }) => agent?.name ?? null],
  ['agent_version', ({ agent }) => agent?.version ?? null],
  ['variant', ({ variantKey }) => variantKey],
  ['language', ({ language }) => language],
  ['caller_group', ({ callerGroup }) => callerGroup],
  ['termination', ({ termination }) => termination?.reason ?? null],
  ['refusal', ({ refusalReason }) => refusalReason],
  ['outcome', ({ outcome }) => outcome],
  ['cost_usd', ({ costMicros }) => (costMicros === null ? null : usd(costMicros))],
];

export const csvHeader = (): string => csvLine(COLUMNS.map(([name]) => name));

export const csvRow = (call: CallSummary): string => csvLine(COLUMNS.map(([, cell]) => cell(call)));
