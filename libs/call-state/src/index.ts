export { admissionRecordSchema, type AdmissionRecord, type CallSpending, type CallStanding, type CallState } from './admission-record.ts';
export { CallRecordStore, type Admission, type Claim } from './call-record.store.ts';
export { CallMoves, type Dialling, type MoveAnswer, type MoveQuestion, type Offer, type PendingTransfer } from './call-moves.store.ts';
export { connectRedis, redisResource } from './redis-client.ts';
export { RedisCallLog, type CallLogCounters, type CallLogOptions } from './redis-call-log.ts';
export { RelayInboxReader, RelayInboxWriter, type RelayCommand, type RelayMessage } from './relay-inbox.ts';
export { RELAY_LEASE_MS, RELAY_RENEW_MS, RelayRegistry, type RelayLease, type RelaySighting } from './relay-registry.ts';
export { monthOf, SpendLedger, type Spent, type TenantSpending } from './spend-ledger.ts';
export { Sealer, SealBroken, type SealingKey } from './sealer.ts';
