import type { CallId, RelayId, TenantId } from '@tandem/contracts';

/*
 * Every key of ours in Redis. Ids are random and say nothing about a person; whatever does is inside, sealed.
 *
 * | key                         | type   | written by                    | holds |
 * |-----------------------------|--------|-------------------------------|-------|
 * | call:<callId>               | hash   | ingress creates, relay claims | record, epoch, status, lastSeq, transfer, answers, rescue |
 * | call:<callId>:events        | stream | relay; ingress and workers add| the call's event log |
 * | carrier:<carrierCallId>     | hash   | ingress                       | our callId; the answer given, for repeats; what was reported before; how it waits, sealed |
 * | waiting:<agentId>           | zset   | ingress                       | carrierCallIds that wait for the agent, by when they came |
 * | waiting                     | zset   | ingress                       | <agentId>/<carrierCallId> of all that wait, by when the carrier last asked |
 * | calls:live                  | zset   | ingress, relay                | callId by the Redis time (ms) its lease ends |
 * | spend:<tenantId>:<period>   | hash   | ingress opens, relay adds     | micros spent on a day or in a month |
 * | relays                      | zset   | relay                         | relayId by last heartbeat |
 * | relay:<relayId>             | hash   | relay; a claim adds itself    | lease: address, capacity, active, draining, strained |
 * | relay:<relayId>:reserved    | zset   | ingress adds, relay removes   | callId by the time its reservation ends |
 * | relay:<relayId>:inbox       | stream | workers, control; relay keeps | tool results and commands for its calls |
 * | phrases:<agentId>:<version> | hash   | every relay                   | the sound of what the agent says again and again, sealed, by hash |
 * | phrases                     | zset   | every relay                   | those keys by when something was added |
 * | provider:<target>           | hash   | every relay, by script        | a model at an endpoint: circuit, budgets |
 * | probe                       | string | every process                 | nothing: that it can be written says that Redis takes writes |
 */
const PREFIX = 'tandem:';

export const keys = {
  call: (callId: CallId) => `${PREFIX}call:${callId}`,
  callEvents: (callId: CallId) => `${PREFIX}call:${callId}:events`,
  waitingFor: (agentId: string) => `${PREFIX}waiting:${agentId}`,
  waiting: `${PREFIX}waiting`,
  carrier: (carrierCallId: string) => `${PREFIX}carrier:${carrierCallId}`,
  /** @param period YYYY-MM-DD or YYYY-MM, of the tenant's calendar */
  spend: (tenantId: TenantId, period: string) => `${PREFIX}spend:${tenantId}:${period}`,
  liveCalls: `${PREFIX}calls:live`,
  relays: `${PREFIX}relays`,
  relay: (relayId: RelayId) => `${PREFIX}relay:${relayId}`,
  relayReserved: (relayId: RelayId) => `${PREFIX}relay:${relayId}:reserved`,
  provider: (target: string) => `${PREFIX}provider:${target}`,
  phrases: ({ agentId, agentVersion }: { readonly agentId: string; readonly agentVersion: number }) =>
    `${PREFIX}phrases:${agentId}:${agentVersion}`,
  phraseVersions: `${PREFIX}phrases`,
  relayInbox: (relayId: RelayId) => `${PREFIX}relay:${relayId}:inbox`,
  writeProbe: `${PREFIX}probe`,
} as const;

/** Keys of a call outlive the longest call, and what has to be done after it, by far. */
export const CALL_KEYS_TTL_S = 48 * 3600;
/** After everything is in Postgres, for stragglers such as a late status callback. */
export const PERSISTED_TTL_S = 3600;
