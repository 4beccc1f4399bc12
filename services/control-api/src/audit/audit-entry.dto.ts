import type { AuditEntry, AuditFilter, Page } from '@tandem/database';
import { pageOf, pageQuery } from '@tandem/platform';
import { z } from 'zod';
import { csvLine } from '../analyses/csv.ts';
import { instant } from '../calls/call.dto.ts';

const text = (most: number) => z.string().min(1).max(most);

export const listAuditSchema = z.object({
  actor: text(100).optional().meta({
    description: 'Acts of this person or API key only, or of a service in this call, by id.',
    example: '7a0c1d3e-0000-4000-800b-000000000001',
  }),
  act: text(80).optional().meta({ description: 'These acts only.', example: 'agent.published' }),
  object: text(200).optional().meta({
    description: 'Acts on the object of this id or key only, such as a number, or a blocked phone number.',
    example: '7a0c1d3e-0000-4000-800a-000000000001',
  }),
  from: instant.optional().describe('At or after.'),
  until: instant.optional().describe('Before.'),
  format: z
    .enum(['json', 'csv'])
    .default('json')
    .describe('`csv`: all entries that match as one file; `limit` and `cursor` do not apply.'),
  ...pageQuery,
});
export type ListAudit = z.output<typeof listAuditSchema>;

export function toFilter({ actor, act, object, from, until }: ListAudit): AuditFilter {
  return {
    actor,
    act,
    object,
    from: from === undefined ? undefined : new Date(from),
    until: until === undefined ? undefined : new Date(until),
  };
}

export const auditEntrySchema = z
  .object({
    seq: z.number().int().describe('From 1, without gaps.'),
    at: z.iso.datetime(),
    actor: z.object({
      kind: z.enum(['user', 'key', 'service']).describe('A person, an API key, or a service of ours.'),
      id: z.string().nullable().describe('Of a service the call it acted in; null outside of calls.'),
      name: z.string().nullable().describe('Of an API key.'),
    }),
    act: z.string(),
    object: z.object({
      kind: z.string(),
      id: z
        .string()
        .nullable()
        .describe('Its id or key; `digest-…` where that would be personal data, such as a phone number.'),
    }),
    refusal: z.string().nullable().describe('The code of the refusal; null for an act that was done.'),
    digestBefore: z
      .string()
      .nullable()
      .describe('Of what was there, where the route compares it (ETag). Equal digests: equal content.'),
    digestAfter: z
      .string()
      .nullable()
      .describe('Of what was made or asked for; null for secrets and where there is none.'),
    address: z.string().nullable().describe('IP address of the sender.'),
    reason: z.string().nullable().describe('From the header Audit-Reason.'),
    hash: z.string().describe('Covers this entry and all before it.'),
  })
  .meta({
    example: {
      seq: 4711,
      at: '2027-03-01T15:00:00.000Z',
      actor: { kind: 'key', id: '7a0c1d3e-0000-4000-800b-000000000001', name: 'Reception' },
      act: 'number.changed',
      object: { kind: 'number', id: '7a0c1d3e-0000-4000-800c-000000000001' },
      refusal: null,
      digestBefore: '5b1f0f3c0a7d9f0c6a1d0a2f5d3b9e4c7a6b8d9e0f1a2b3c4d5e6f708192a3b4',
      digestAfter: '0c6a1d0a2f5d3b9e4c7a6b8d9e0f1a2b3c4d5e6f708192a3b45b1f0f3c0a7d9f',
      address: '203.0.113.9',
      reason: 'Moved to the new agent',
      hash: '9e4c7a6b8d9e0f1a2b3c4d5e6f708192a3b45b1f0f3c0a7d9f0c6a1d0a2f5d3b',
    },
  });

export const auditPageSchema = pageOf(auditEntrySchema);

const toDto = ({ at, ...entry }: AuditEntry): z.output<typeof auditEntrySchema> => ({
  ...entry,
  at: at.toISOString(),
});

export const toAuditPage = ({ items, nextCursor }: Page<AuditEntry>): z.output<typeof auditPageSchema> => ({
  items: items.map(toDto),
  nextCursor,
});

const COLUMNS: readonly (readonly [string, (entry: AuditEntry) => string | number | null])[] = [
  ['seq', ({ seq }) => seq],
  ['at', ({ at }) => at.toISOString()],
  ['actor_kind', ({ actor }) => actor.kind],
  ['actor_id', ({ actor }) => actor.id],
  ['actor_name', ({ actor }) => actor.name],
  ['act', ({ act }) => act],
  ['object_kind', ({ object }) => object.kind],
  ['object_id', ({ object }) => object.id],
  ['refusal', ({ refusal }) => refusal],
  ['digest_before', ({ digestBefore }) => digestBefore],
  ['digest_after', ({ digestAfter }) => digestAfter],
  ['address', ({ address }) => address],
  ['reason', ({ reason }) => reason],
  ['hash', ({ hash }) => hash],
];

export const auditCsvHeader = (): string => csvLine(COLUMNS.map(([name]) => name));

export const auditCsvRow = (entry: AuditEntry): string => csvLine(COLUMNS.map(([, cell]) => cell(entry)));
