export {
  admissionRecordSchema,
  type AdmissionRecord,
  type CallSpending,
  type CallStanding,
  type CallState,
  type LiveCall,
} from './admission-record.ts';
export { CallRecordStore, type Admission, type Claim } from './call-record.store.ts';
export {
  CallMoves,
  type Dialling,
  type MoveAnswer,
  type MoveQuestion,
  type Offer,
  type PendingTransfer,
} from './call-moves.store.ts';
export { CarrierReportStore, type CarrierReport } from './carrier-reports.store.ts';
export { PhraseShelf, SHELF_LIMITS, type AgentVersionId } from './phrase-shelf.ts';
export { ProviderBoard, ProviderSight, type ProviderBoardOptions } from './provider-board.ts';
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
export type { RedisStanding } from './redis-watch.ts';
export { RedisCallLog, type CallLogCounters, type CallLogOptions } from './redis-call-log.ts';
export { RelayInboxReader, RelayInboxWriter, type RelayCommand, type RelayMessage } from './relay-inbox.ts';
export {
  RELAY_LEASE_MS,
  RELAY_RENEW_MS,
  RelayRegistry,
  type OwnedCall,
  type OwnedStanding,
  type RelayLease,
  type RelaySighting,
} from './relay-registry.ts';
export { monthOf, SpendLedger, type Spent, type TenantSpending } from './spend-ledger.ts';
export { WaitingLine, type Place, type PlaceInLine, type Waiting, type WaitingCall } from './waiting-line.ts';
export { Sealer, SealBroken, type SealingKey } from './sealer.ts';
