import type { CallId, RelayId, TenantId, ToolCallId } from '@tandem/contracts';

/*
 * Every key in Redis. Ids are random and tell nothing about a person; personal data in the values is sealed.
 *
 * key                         | type   | written by                     | holds
 * call:<callId>               | hash   | ingress creates, relay claims  | record, epoch, status, lastSeq,
 *                             |        |                                | transfer, answers, rescue
 * call:<callId>:events        | stream | relay; ingress and workers add | event log of the call
 * carrier:<carrierCallId>     | hash   | ingress                        | callId; answer for repeats; early
 *                             |        |                                | reports; sealed waiting call
 * waiting:<agentId>           | zset   | ingress                        | waiting carrierCallIds by arrival
 * waiting                     | zset   | ingress                        | <agentId>/<carrierCallId> of all,
 *                             |        |                                | by the carrier's last question
 * calls:live                  | zset   | ingress, relay                 | callIds by end of lease (Redis
 *                             |        |                                | time, ms)
 * calls:rescues               | zset   | ingress                        | callIds whose rescue is under way,
 *                             |        |                                | by the time of another attempt
 * spend:<tenantId>:<period>   | hash   | ingress opens, relay adds      | micros spent on a day or in a month
 * relays                      | zset   | relay                          | relayIds by last heartbeat
 * relay:<relayId>             | hash   | relay; a claim adds itself     | lease: address, capacity, active,
 *                             |        |                                | draining, strained
 * relay:<relayId>:reserved    | zset   | ingress adds, relay removes    | callIds by end of their reservation
 * relay:<relayId>:inbox       | stream | workers, control; relay keeps  | tool results and commands for its
 *                             |        |                                | calls
 * relay:<relayId>:stream:<id> | string | ingress; relay deletes it    | ticket of a stream that can show no
 *                             |        |                                | more than an id, once
 * phrases:<agentId>:<version> | hash   | every relay                    | sealed sound of repeated phrases,
 *                             |        |                                | by hash
 * phrases                     | zset   | every relay                    | those keys by last addition
 * provider:<target>           | hash   | every relay, by script         | a model at an endpoint: circuit,
 *                             |        |                                | budgets
 * tool-uses:{<who>}:<tool>:   | set    | tool-worker                    | tool calls that count against a
 *   <period>                  |        |                                | limit; who: call or keyed hash
 * tool-begun:<toolCallId>     | string | tool-worker                    | empty; a request that must not be
 *                             |        |                                | sent twice has begun
 * requests:<apiKeyId>         | string | crm-api, control-api           | when the quota of an API key is
 *                             |        |                                | full again (Redis time, ms)
 * sign-in:<kind>:<hash>       | hash   | control-api                    | failed attempts to sign in, and the
 *                             |        |                                | time of the next; of an account or
 *                             |        |                                | an address, by keyed hash
 * probe                       | string | every process                  | empty; its write shows that Redis
 *                             |        |                                | takes writes
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
  rescues: `${PREFIX}calls:rescues`,
  relays: `${PREFIX}relays`,
  relay: (relayId: RelayId) => `${PREFIX}relay:${relayId}`,
  relayReserved: (relayId: RelayId) => `${PREFIX}relay:${relayId}:reserved`,
  provider: (target: string) => `${PREFIX}provider:${target}`,
  phrases: ({ agentId, agentVersion }: { readonly agentId: string; readonly agentVersion: number }) =>
    `${PREFIX}phrases:${agentId}:${agentVersion}`,
  phraseVersions: `${PREFIX}phrases`,
  relayStream: (relayId: RelayId, streamId: string) => `${PREFIX}relay:${relayId}:stream:${streamId}`,
  relayInbox: (relayId: RelayId) => `${PREFIX}relay:${relayId}:inbox`,
  /** @param who id of a call, or a keyed hash of a caller's number */
  toolUses: (who: string, tool: string, period: string) => `${PREFIX}tool-uses:{${who}}:${tool}:${period}`,
  toolAmounts: (who: string, tool: string, period: string) =>
    `${PREFIX}tool-amounts:{${who}}:${tool}:${period}`,
  toolBegun: (toolCallId: ToolCallId) => `${PREFIX}tool-begun:${toolCallId}`,
  requests: (apiKeyId: string) => `${PREFIX}requests:${apiKeyId}`,
  /** @param who keyed hash of what is counted */
  signIn: (kind: 'account' | 'address', who: string) => `${PREFIX}sign-in:${kind}:${who}`,
  writeProbe: `${PREFIX}probe`,
} as const;

/** Keys of a call outlive the longest call and its processing by far. */
export const CALL_KEYS_TTL_S = 48 * 3600;
/** Once everything is in Postgres: kept for late messages such as a status callback. */
export const PERSISTED_TTL_S = 3600;
