import type { CallId } from '@tandem/contracts';
import type { RecordingAccess } from '@tandem/database';
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
