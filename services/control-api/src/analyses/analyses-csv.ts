import type { ExportedAnalysis } from '@tandem/database';
import { z } from 'zod';
import { isPeriod } from './analysis-run.dto.ts';
import { csvLine } from './csv.ts';

const instant = z.iso.datetime({ offset: true }).max(40);

export const exportSchema = z
  .object({
    from: instant.describe('Calls admitted at or after.'),
    to: instant.describe('Calls admitted before, 366 days later at most.'),
    agent: z.uuid().optional().describe('Calls of this agent only.'),
  })
  .refine(({ from, to }) => isPeriod(from, to), {
    error: 'must be after from, by 366 days at most',
    path: ['to'],
  });
export type ExportQuery = z.output<typeof exportSchema>;

const COLUMNS: readonly (readonly [string, (row: ExportedAnalysis) => string | number | null])[] = [
  ['call_id', ({ callId }) => callId],
  ['admitted_at', ({ admittedAt }) => admittedAt.toISOString()],
  ['from', ({ from }) => from],
  ['to', ({ to }) => to],
  ['duration_s', ({ durationMs }) => (durationMs === null ? null : Math.round(durationMs / 1_000))],
  ['agent_id', ({ agentId }) => agentId],
  ['agent', ({ agentName }) => agentName],
  ['agent_version', ({ agentVersion }) => agentVersion],
  ['disposition', ({ disposition }) => disposition],
  ['analysis_version', ({ version }) => version],
  ['state', ({ state }) => state],
  ['source', ({ source }) => source],
  ['model', ({ model }) => model],
  ['reason', ({ reason }) => reason],
  ['outcome', ({ outcome }) => outcome],
  ['summary', ({ summary }) => summary],
  ['follow_ups', ({ followUps }) => followUps.map(followUpText).join('\n')],
  ['extraction', ({ extraction }) => (extraction === null ? null : JSON.stringify(extraction))],
];

export const csvHeader = (): string => csvLine(COLUMNS.map(([name]) => name));

export const csvRow = (row: ExportedAnalysis): string => csvLine(COLUMNS.map(([, cell]) => cell(row)));

const followUpText = ({ what, due, who }: ExportedAnalysis['followUps'][number]): string =>
  due === null ? `${who}: ${what}` : `${who}, ${due}: ${what}`;
