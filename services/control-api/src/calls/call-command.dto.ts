import { agentChangeInputSchema } from '@tandem/contracts';
import { z } from 'zod';

export const transferCallSchema = z.strictObject({
  department: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .describe("A department of the call's directory, such as sales. Never a number."),
  summary: z
    .string()
    .max(600)
    .default('')
    .describe('What the person who takes the call hears before, if they are asked.'),
});
export type TransferCall = z.infer<typeof transferCallSchema>;

/** What may be changed of the agent while it talks; at least one thing. */
export const changeAgentSchema = agentChangeInputSchema.refine(
  (change) => Object.values(change).some((value) => value !== undefined),
  'name at least one thing to change',
);
export type ChangeAgent = z.infer<typeof changeAgentSchema>;

export const listLiveSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('Calls told of, the longest first.'),
});
export type ListLive = z.output<typeof listLiveSchema>;

export const liveCallsSchema = z.object({
  items: z.array(
    z.object({
      callId: z.uuid(),
      state: z
        .enum(['admitted', 'connected', 'transferring'])
        .describe('`admitted`: no relay has it yet. `transferring`: with a person, or on the way to one.'),
      relayId: z.string().nullable().describe('The relay that holds it, or held it last.'),
      admittedAt: z.iso.datetime({ offset: true }),
    }),
  ),
});

export const waitingCallsSchema = z.object({
  items: z.array(
    z.object({
      callId: z.uuid(),
      agentId: z.uuid(),
      from: z.string(),
      to: z.string(),
      language: z.string().describe('BCP 47.'),
      waitingSince: z.iso.datetime({ offset: true }),
      wantsCallback: z.boolean().describe('They asked to be called back; it is about to be written down.'),
    }),
  ),
});

export const steerRecordingSchema = z.strictObject({
  state: z
    .enum(['paused', 'running'])
    .describe(
      '`running` only takes back an earlier `paused`: it never starts a recording the caller has not ' +
        'consented to.',
    ),
});
export type SteerRecording = z.infer<typeof steerRecordingSchema>;

export const commandAcceptedSchema = z.object({
  callId: z.uuid(),
  command: z.enum(['transfer', 'end', 'change', 'recording']),
});
export type CommandAccepted = z.infer<typeof commandAcceptedSchema>;
