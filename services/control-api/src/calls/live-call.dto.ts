import type { AdmissionRecord, WaitingState } from '@tandem/call-state';
import { callDirectionSchema, channelSchema } from '@tandem/contracts';
import { z } from 'zod';
import type { KnownLiveCall } from './live-calls.service.ts';

export const listLiveSchema = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('Most calls returned, the oldest first.'),
});
export type ListLive = z.output<typeof listLiveSchema>;

export const liveCallsSchema = z
  .object({
    items: z.array(
      z.object({
        callId: z.uuid(),
        state: z
          .enum(['admitted', 'connected', 'transferring'])
          .describe(
            '`admitted`: no relay holds it yet. `transferring`: with a person, or on the way to one.',
          ),
        relayId: z.string().nullable().describe('The relay that holds it, or held it last.'),
        admittedAt: z.iso.datetime({ offset: true }),
        details: z
          .object({
            direction: callDirectionSchema,
            channel: channelSchema,
            from: z.string(),
            to: z.string(),
            callerName: z.string().nullable().describe('The name of the contact; null for an unknown one.'),
            callerGroup: z.string().nullable(),
            agent: z.object({ id: z.uuid(), version: z.number().int(), name: z.string() }),
            language: z.string().describe('BCP 47; the call began in it.'),
            variantKey: z.string().nullable(),
          })
          .nullable()
          .describe('As known at admission; null where its record cannot be read.'),
      }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          callId: 'c3f2a0de-0000-4000-8004-000000000001',
          state: 'connected',
          relayId: 'relay-1',
          admittedAt: '2027-03-01T14:00:00.000Z',
          details: {
            direction: 'inbound',
            channel: 'twilio',
            from: '+12025550123',
            to: '+12025550100',
            callerName: 'Alex Morgan',
            callerGroup: null,
            agent: { id: '7a0c1d3e-0000-4000-800a-000000000001', version: 3, name: 'Sarah' },
            language: 'en-US',
            variantKey: null,
          },
        },
      ],
    },
  });

export const waitingCallsSchema = z
  .object({
    items: z.array(
      z.object({
        callId: z.uuid(),
        agentId: z.uuid(),
        from: z.string(),
        to: z.string(),
        language: z.string().describe('BCP 47.'),
        waitingSince: z.iso.datetime({ offset: true }),
        wantsCallback: z.boolean().describe('The caller asked for a callback, which is about to be stored.'),
      }),
    ),
  })
  .meta({
    example: {
      items: [
        {
          callId: 'c3f2a0de-0000-4000-8004-000000000001',
          agentId: '7a0c1d3e-0000-4000-800a-000000000001',
          from: '+12025550123',
          to: '+12025550100',
          language: 'en-US',
          waitingSince: '2027-03-01T14:00:00.000Z',
          wantsCallback: false,
        },
      ],
    },
  });

export function toLiveCalls(known: readonly KnownLiveCall[]): z.output<typeof liveCallsSchema> {
  return {
    items: known.flatMap(({ call: { callId, phase, relayId, admittedAt }, record }) =>
      phase === 'ended'
        ? []
        : [
            {
              callId,
              state: phase,
              relayId,
              admittedAt: new Date(admittedAt).toISOString(),
              details: record && detailsOf(record),
            },
          ],
    ),
  };
}

function detailsOf({ direction, channel, from, to, caller, agent, language }: AdmissionRecord) {
  const { agentId: id, agentVersion: version, name, variantKey } = agent;
  return {
    direction,
    channel,
    from,
    to,
    callerName: caller.name,
    callerGroup: caller.group,
    agent: { id, version, name },
    language,
    variantKey,
  };
}

export function toWaitingCalls(waiting: readonly WaitingState[]): z.output<typeof waitingCallsSchema> {
  return {
    items: waiting.map(({ call: { callId, agentId, from, to, language }, since, outcome }) => ({
      callId,
      agentId,
      from,
      to,
      language,
      waitingSince: since.toISOString(),
      wantsCallback: outcome === 'callback-requested',
    })),
  };
}
