export {
  admissionRecordSchema,
  type AdmissionRecord,
  type CallSpending,
  type CallState,
  type CallStatusInRedis,
  type LiveCall,
} from './admission-record.ts';
export { CallStore, type Admission, type Claim } from './call.store.ts';
export {
  CallHandovers,
  type Dialling,
  type HandoverReply,
  type CarrierCallback,
  type Offer,
  type PendingTransfer,
} from './call-handovers.store.ts';
export { CarrierReportStore, type CarrierReport } from './carrier-reports.store.ts';
export { PhraseStore, PHRASE_STORE_LIMITS, type AgentVersionId } from './phrase-store.ts';
export { ProviderHealthRegistry, ProviderHealth, type ProviderHealthOptions } from './provider-health.ts';
export { CIRCUIT_RULES, type CircuitRules, type CircuitState, type ProviderAct } from './provider-circuit.ts';
export {
  ProviderStates,
  providerTarget,
  type ProviderBudget,
  type ProviderStanding,
  type ProviderTarget,
} from './provider-state.ts';
export { connectRedis, redisResource, type RedisUse } from './redis-client.ts';
export type { RedisState } from './redis-fault.ts';
export type { RedisReadiness } from './redis-watch.ts';
export { RedisCallLog, type CallLogCounters, type CallLogOptions } from './redis-call-log.ts';
export { RelayInboxReader, RelayInboxWriter, type RelayCommand, type RelayMessage } from './relay-inbox.ts';
export {
  RELAY_LEASE_MS,
  RELAY_RENEW_MS,
  RelayRegistry,
  type OwnedCall,
  type OwnershipStatus,
  type RelayLease,
  type RelayStatus,
} from './relay-registry.ts';
export { monthOf, SpendLedger, type Spent, type TenantSpending } from './spend-ledger.ts';
export { WaitingLine, type Place, type PlaceInLine, type Waiting, type WaitingCall } from './waiting-line.ts';
export { Sealer, SealBroken, type SealingKey } from './sealer.ts';
