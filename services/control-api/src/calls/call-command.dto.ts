import { agentChangeInputSchema } from '@tandem/contracts';
import { z } from 'zod';

export const transferCallSchema = z
  .strictObject({
    department: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
      .describe("A department of the call's directory, such as sales. Never a number."),
    summary: z
      .string()
      .max(600)
      .default('')
      .describe('What the person hears before taking the call, in a warm transfer.'),
  })
  .meta({ example: { department: 'sales', summary: 'Alex Morgan wants a quote for a new boiler.' } });
export type TransferCall = z.infer<typeof transferCallSchema>;

/** A change of the agent during its call; at least one setting. */
export const changeAgentSchema = agentChangeInputSchema
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    'name at least one thing to change',
  )
  .meta({ example: { language: 'es' } });
export type ChangeAgent = z.infer<typeof changeAgentSchema>;

export const steerRecordingSchema = z
  .strictObject({
    state: z
      .enum(['paused', 'running'])
      .describe(
        '`running` only ends an earlier `paused`: it never starts a recording the caller has not ' +
          'consented to.',
      ),
  })
  .meta({ example: { state: 'paused' } });
export type SteerRecording = z.infer<typeof steerRecordingSchema>;

export const commandAcceptedSchema = z
  .object({
    callId: z.uuid(),
    command: z.enum(['transfer', 'end', 'change', 'recording']),
  })
  .meta({ example: { callId: 'c3f2a0de-0000-4000-8004-000000000001', command: 'transfer' } });
export type CommandAccepted = z.infer<typeof commandAcceptedSchema>;
