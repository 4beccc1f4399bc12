import { callEventBodies, type CallEvent } from '@tandem/contracts';
import { z } from 'zod';

const about = {
  sequence: z.number().int().describe('Its place in the log of the call, from 1.'),
  atMs: z.number().describe('Since admission: when it happened, or when what it tells of began.'),
  at: z.iso.datetime({ offset: true }).describe('When it was written down.'),
  epoch: z.number().int().describe('The attachment to a relay it was written under; 0 outside of relays.'),
};

/** The bodies that an answer has in another form than the log. */
const bodies = {
  ...callEventBodies,
  'stream.attached': callEventBodies['stream.attached'].extend({ relayId: z.string() }),
  'agent.spoke': callEventBodies['agent.spoke'].omit({ unheard: true }),
  'digit.pressed': callEventBodies['digit.pressed'].extend({ digit: z.literal('') }),
  'tool.called': callEventBodies['tool.called'].extend({ toolCallId: z.string() }),
  'tool.finished': callEventBodies['tool.finished'].extend({ toolCallId: z.string() }),
  'tool.finished-late': callEventBodies['tool.finished-late'].extend({ toolCallId: z.string() }),
  'call.ended': callEventBodies['call.ended'].extend({
    termination: z.object({ class: z.string(), reason: z.string() }),
  }),
};

const [first, ...others] = Object.entries(bodies).map(([type, data]) =>
  z.object({ ...about, type: z.literal(type), data }),
);
if (!first) throw new TypeError('There are no kinds of events. The list of them in contracts is empty.');

export const timelineEventSchema = z
  .discriminatedUnion('type', [first, ...others])
  .describe('An event of the call; `type` tells what `data` has.');

/** An event as it is sent. */
export interface TimelineEvent {
  readonly sequence: number;
  readonly atMs: number;
  readonly at: string;
  readonly epoch: number;
  readonly type: CallEvent['type'];
  readonly data: unknown;
}

/** Returns an event as it is sent, from a running call as from a stored one. */
export function toTimelineEvent(sequence: number, event: CallEvent, admittedAt: number): TimelineEvent {
  const { type, at, epoch } = event;
  return {
    sequence,
    atMs: Math.max(0, timeOf(event) ?? at - admittedAt),
    at: new Date(at).toISOString(),
    epoch,
    type,
    data: shown(event),
  };
}

function timeOf({ data }: CallEvent): number | undefined {
  if ('atMs' in data) return data.atMs;
  return 'startedAtMs' in data ? data.startedAtMs : undefined;
}

/** Digits and unheard words of a running call are in its log; here they have no place. */
function shown(event: CallEvent): unknown {
  if (event.type === 'digit.pressed') return { ...event.data, digit: '' };
  if (event.type !== 'agent.spoke') return event.data;
  const { unheard: _unheard, ...data } = event.data;
  return data;
}
