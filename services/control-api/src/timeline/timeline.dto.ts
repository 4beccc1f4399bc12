import { z } from 'zod';
import { timelineEventSchema } from './timeline-event.dto.ts';

const CURSOR = /^\d{1,9}(?:_\d{1,20}-\d{1,20})?$/;

export const readTimelineSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(2_000).default(500).describe('Events on a page.'),
  cursor: z
    .string()
    .regex(CURSOR, 'must be nextCursor of the page before')
    .optional()
    .meta({ description: 'nextCursor of the page before.', example: '500' }),
});
export type ReadTimeline = z.output<typeof readTimelineSchema>;

export const timelineSchema = z
  .object({
    callId: z.uuid(),
    isLive: z.boolean().describe('Whether the call is still going on.'),
    items: z.array(timelineEventSchema),
    nextCursor: z
      .string()
      .nullable()
      .describe(
        'For the events after these. Of a call that is not stored yet there may be none so far: ask again ' +
          'with it. Null at the end of a stored call.',
      ),
  })
  .meta({
    example: {
      callId: 'c3f2a0de-0000-4000-8004-000000000001',
      isLive: false,
      items: [
        {
          sequence: 12,
          atMs: 8_420,
          at: '2027-03-01T14:00:11.050Z',
          epoch: 1,
          type: 'agent.spoke',
          data: {
            itemId: 'item_AbC',
            text: 'We have an opening on Tuesday',
            heardMs: 1_800,
            generatedMs: 4_200,
            interrupted: true,
            startedAtMs: 8_420,
            endedAtMs: 10_220,
          },
        },
      ],
      nextCursor: '12',
    },
  });

export const readTurnsSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(2_000).default(500).describe('Turns on a page.'),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'must be nextCursor of the page before')
    .optional()
    .meta({ description: 'nextCursor of the page before.', example: '500' }),
});
export type ReadTurns = z.output<typeof readTurnsSchema>;

const part = z.number().nullable();

const latencySchema = z
  .object({
    answerToFirstAudioMs: part.describe(
      'From the answer to the first sound of the agent; its first turn only.',
    ),
    callerToHeardMs: part.describe(
      'From the end of the caller’s speech to the first sound heard: the sum of the four parts.',
    ),
    endPointingMs: part.describe('The silence after which the caller’s turn was over.'),
    modelMs: part.describe('From then to the first sound of the model.'),
    relayMs: part.describe('From then until it was on the wire.'),
    playoutMs: part.describe('From then until it was heard; null where the caller’s stream does not tell.'),
  })
  .describe('How long the caller waited for this turn of the agent.');

const turnSchema = z.object({
  turn: z.number().int().describe('From 1.'),
  speaker: z.enum(['caller', 'agent']),
  startedAtMs: z.number().describe('Since admission.'),
  endedAtMs: z.number(),
  utterances: z.array(
    z.object({
      itemId: z.string().describe('As in the timeline.'),
      text: z.string().describe('The agent’s words as far as the caller heard them.'),
      startedAtMs: z.number(),
      endedAtMs: z.number(),
      heardMs: z.number().nullable(),
      generatedMs: z.number().nullable().describe('How much of it there was when it ended; null if unknown.'),
      interrupted: z.boolean(),
      unheard: z
        .string()
        .nullable()
        .describe(
          'The words of it that were cut off. Null where there are none, and 30 days after the call.',
        ),
    }),
  ),
  latency: latencySchema.nullable().describe('Null for the caller, and where nothing was measured.'),
  toolCallIds: z.array(z.string()).describe('The tools that were called for it.'),
});

export const turnsSchema = z
  .object({
    callId: z.uuid(),
    isLive: z.boolean(),
    items: z.array(turnSchema),
    nextCursor: z.string().nullable().describe('Null on the last page.'),
  })
  .meta({
    example: {
      callId: 'c3f2a0de-0000-4000-8004-000000000001',
      isLive: false,
      items: [
        {
          turn: 3,
          speaker: 'agent',
          startedAtMs: 8_420,
          endedAtMs: 10_220,
          utterances: [
            {
              itemId: 'item_AbC',
              text: 'We have an opening on Tuesday',
              startedAtMs: 8_420,
              endedAtMs: 10_220,
              heardMs: 1_800,
              generatedMs: 4_200,
              interrupted: true,
              unheard: 'at nine in the morning.',
            },
          ],
          latency: {
            answerToFirstAudioMs: null,
            callerToHeardMs: 900,
            endPointingMs: 500,
            modelMs: 310,
            relayMs: 10,
            playoutMs: 80,
          },
          toolCallIds: [],
        },
      ],
      nextCursor: null,
    },
  });
