import type { CallStore } from '@tandem/call-state';
import type { StoredCall } from '@tandem/commands/platform';
import type { CallEvent } from '@tandem/contracts';
import type { LoggedEvent } from '../history/entries.ts';
import type { EndedCallRecord } from './fleet.ts';

/** Where a platform keeps what is known of a call: its database, control-api and Redis. */
interface CallSources {
  sql(text: string, ...parameters: unknown[]): Promise<{ readonly id: string }[]>;
  ask(path: string): Promise<StoredCall>;
  readonly records: CallStore;
}

/** Returns the stored record of the carrier's call; null while there is none. */
export async function endedCallRecord(
  sources: CallSources,
  callSid: string,
): Promise<EndedCallRecord | null> {
  const [row] = await sources.sql(
    'SELECT id FROM calls WHERE carrier_call_id = $1 AND ended_at IS NOT NULL',
    callSid,
  );
  if (!row) return null;
  const { callId, termination, transcript, toolCalls } = await sources.ask(`/v1/calls/${row.id}`);
  const { events } = await sources.records.events(callId as Parameters<CallStore['events']>[0]);
  return {
    callId,
    events: events.map(loggedEvent),
    reason: termination?.reason ?? null,
    utterances: transcript.map(({ speaker, text, interrupted }) => ({
      speaker: speaker as 'caller' | 'agent',
      text,
      interrupted,
    })),
    tools: toolCalls.map(({ name, outcome }) => ({ name, status: outcome?.status ?? null })),
  };
}

function loggedEvent({ at, type, epoch, seq, data }: CallEvent): LoggedEvent {
  const { text, relayId, toolCallId, outcome } = data as {
    text?: string;
    relayId?: string;
    toolCallId?: string;
    outcome?: { status?: string };
  };
  return {
    at,
    type,
    epoch,
    seq,
    ...(text === undefined ? {} : { text }),
    ...(relayId === undefined ? {} : { relayId }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
    ...(typeof outcome?.status === 'string' ? { outcome: outcome.status } : {}),
  };
}
