import type { CallId } from '@tandem/contracts';
import type { RecordingAccess, RecordingPeaks } from '@tandem/database';
import { PEAK_MS } from '@tandem/recordings';
import { z } from 'zod';

export const recordingParameterSchema = z.object({
  callId: z
    .uuid()
    .toLowerCase()
    .transform((id) => id as CallId),
  recordingId: z.uuid().toLowerCase(),
});
export type RecordingParameter = z.infer<typeof recordingParameterSchema>;

export const integritySchema = z
  .object({
    isIntact: z.boolean(),
    fault: z
      .enum(['head', 'chunk', 'truncated'])
      .nullable()
      .describe('`truncated`: it ends early, as when its relay died. `chunk`, `head`: it was changed.'),
    soundMs: z.number().describe('Length of the sound up to the fault, or of all of it.'),
  })
  .meta({ example: { isIntact: true, fault: null, soundMs: 148200 } });

export const accessesSchema = z
  .object({
    items: z.array(
      z.object({
        action: z.enum(['played', 'verified', 'deleted']),
        apiKeyId: z.uuid().nullable().describe('The API key of the access; null for a user.'),
        userId: z.uuid().nullable().describe('The user of the access.'),
        at: z.iso.datetime({ offset: true }),
      }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          action: 'played',
          apiKeyId: '7a0c1d3e-0000-4000-800b-000000000001',
          userId: null,
          at: '2027-03-01T15:00:00.000Z',
        },
      ],
    },
  });

export const toAccesses = (accesses: readonly RecordingAccess[]): z.infer<typeof accessesSchema> => ({
  items: accesses.map(({ at, ...access }) => ({ ...access, at: at.toISOString() })),
});

export const peaksParameterSchema = recordingParameterSchema.pick({ recordingId: true });
export type PeaksParameter = z.infer<typeof peaksParameterSchema>;

const channelSchema = z.string().describe('Base64: one byte for each period, 0 for silence to 255.');

export const peaksSchema = z
  .object({
    recordingId: z.uuid(),
    periodMs: z.number().int().describe('Length of sound behind each byte.'),
    caller: channelSchema,
    agent: channelSchema,
  })
  .meta({
    example: {
      recordingId: 'c3f2a0de-0000-4000-8005-000000000001',
      periodMs: 100,
      caller: 'AAAEGTJB',
      agent: 'KEIxBQAA',
    },
  });

export const toPeaks = (
  recordingId: string,
  { caller, agent }: RecordingPeaks,
): z.infer<typeof peaksSchema> => ({
  recordingId,
  periodMs: PEAK_MS,
  caller: caller.toString('base64'),
  agent: agent.toString('base64'),
});
