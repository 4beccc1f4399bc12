import { z } from 'zod';
import type { DeadLetter, RetriedAll } from './dead-letters.service.ts';
import { DEAD_QUEUES } from './dead-job.ts';

const queueSchema = z
  .enum(DEAD_QUEUES)
  .describe(
    '`tool-calls`: what agents do in calls. `post-call`: records of calls. `messages`: text and e-mail.',
  );

export const listDeadLettersSchema = z.object({
  queue: queueSchema.optional().describe('Of this queue only.'),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('Most entries returned.'),
});
export type ListDeadLetters = z.output<typeof listDeadLettersSchema>;

export const deadQueueParameterSchema = z.object({ queue: queueSchema });
export type DeadQueueParameter = z.output<typeof deadQueueParameterSchema>;
export const deadLetterParametersSchema = z.object({
  queue: queueSchema,
  id: z
    .string()
    .regex(/^[\w.-]{1,200}$/, 'must be the id of an entry')
    .meta({ example: 'message_7a0c1d3e-0000-4000-8009-000000000001' }),
});
export type DeadLetterParameters = z.output<typeof deadLetterParametersSchema>;

export const deadLettersSchema = z
  .object({
    items: z
      .array(
        z.object({
          queue: queueSchema,
          id: z.string(),
          subject: z
            .object({ kind: z.enum(['call', 'message']), id: z.string() })
            .nullable()
            .describe('The call or the message it is about.'),
          tool: z.string().nullable().describe('The tool that was called.'),
          queuedAt: z.iso.datetime(),
          failedAt: z.iso.datetime().nullable(),
          attempts: z.number().int(),
          reason: z.object({ code: z.string(), detail: z.string() }),
          refusal: z
            .object({ code: z.string(), detail: z.string() })
            .nullable()
            .describe('Why it cannot be run again; null when it can.'),
        }),
      )
      .describe('The last to fail first.'),
    isComplete: z.boolean().describe('False when there may be more than are shown.'),
  })
  .meta({
    example: {
      items: [
        {
          queue: 'messages',
          id: 'message_7a0c1d3e-0000-4000-8009-000000000001',
          subject: { kind: 'message', id: '7a0c1d3e-0000-4000-8009-000000000001' },
          tool: null,
          queuedAt: '2027-03-01T14:05:11.000Z',
          failedAt: '2027-03-01T14:21:40.000Z',
          attempts: 64,
          reason: {
            code: 'provider-error',
            detail: 'A model, carrier or mail server refused, or did not answer.',
          },
          refusal: null,
        },
      ],
      isComplete: true,
    },
  });

export const retriedSchema = z
  .object({ queue: queueSchema, id: z.string() })
  .meta({ example: { queue: 'messages', id: 'message_7a0c1d3e-0000-4000-8009-000000000001' } });

export const retriedAllSchema = z
  .object({
    retried: z.number().int().describe('Jobs that run again.'),
    refused: z.number().int().describe('Jobs that must not run again; the list says why.'),
    isComplete: z.boolean().describe('False when there may be more: send the request again.'),
  })
  .meta({ example: { retried: 12, refused: 0, isComplete: true } });

export function toDeadLettersDto({
  items,
  isComplete,
}: {
  readonly items: readonly DeadLetter[];
  readonly isComplete: boolean;
}): z.output<typeof deadLettersSchema> {
  return {
    items: items.map(({ queuedAt, failedAt, ...letter }) => ({
      ...letter,
      queuedAt: queuedAt.toISOString(),
      failedAt: failedAt?.toISOString() ?? null,
    })),
    isComplete,
  };
}

export const toRetriedAll = (result: RetriedAll): z.output<typeof retriedAllSchema> => ({ ...result });
