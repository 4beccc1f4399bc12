export {
  type AdmissionRecord,
  type CallSpending,
  type CallState,
  type LiveCall,
} from './calls/admission-record.ts';
export {
  CallHandovers,
  type CarrierCallback,
  type HandoverReply,
  type PendingTransfer,
} from './calls/call-handovers.store.ts';
export { CallStore } from './calls/call.store.ts';
export { type CarrierReport, CarrierReportStore } from './calls/carrier-reports.store.ts';
export {
  keptOutcome,
  openOutcome,
  openToolCall,
  sealToolCall,
  type SealedOutcome,
} from './calls/sealed-tool-call.ts';
export { ToolUses, type ToolUse } from './calls/tool-uses.ts';
export { type Place, type WaitingState, type WaitingCall, WaitingLine } from './calls/waiting-line.ts';
export { type CallLogCounters, type CallLogOptions, RedisCallLog } from './event-log/redis-call-log.ts';
export { type LogPart, type LogPlace, RunningLog } from './event-log/running-log.ts';
export { SpendLedger, type Spent, type TenantSpending } from './event-log/spend-ledger.ts';
export { type CircuitRules, type CircuitState } from './providers/provider-circuit.ts';
export { ProviderHealth } from './providers/provider-health.ts';
export { ProviderHealthRegistry } from './providers/provider-health-registry.ts';
export { ProviderStates, type ProviderTarget, providerTarget } from './providers/provider-state.ts';
export { connectRedis, redisResource } from './redis/redis-client.ts';
export { SealBroken, Sealer } from './redis/sealer.ts';
export { type AgentVersionId, PHRASE_STORE_LIMITS, PhraseStore } from './relays/phrase-store.ts';
export { DRAIN_PACE } from './relays/drain-pace.ts';
export { RelayInboxReader, RelayInboxWriter } from './relays/relay-inbox.ts';
export type { RelayCommand, RelayMessage } from './relays/relay-message.ts';
export { freeCapacity, placementOrder } from './relays/relay-placement.ts';
export {
  type OwnedCall,
  type OwnershipStatus,
  RELAY_LEASE_MS,
  RELAY_RENEW_MS,
  RelayRegistry,
  type RelayStatus,
} from './relays/relay-registry.ts';
export { RequestRates } from './requests/request-rates.ts';
export { type AttemptCounted, SignInAttempts } from './requests/sign-in-attempts.ts';
export { type RegisteredStream, StreamKeys } from './relays/stream-keys.ts';
