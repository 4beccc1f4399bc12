import { DataSource } from 'typeorm';
import {
  BlockedCallerRow,
  CallerGroupMemberRow,
  CallerGroupRow,
  DepartmentRow,
  PhoneNumberGroupRow,
} from '../entities/access.entities.ts';
import { AgentRow, AgentVersionRow, OpeningHoursRow, PhoneNumberRow } from '../entities/agent.entities.ts';
import {
  BookingRow,
  ContactRow,
  IdempotencyKeyRow,
  ResourceHoursRow,
  ResourceRow,
  ResourceServiceRow,
  ServiceRow,
} from '../entities/business.entities.ts';
import { CallLegRow, CallRow, DispositionRow, ToolCallRow, UtteranceRow } from '../entities/call.entities.ts';
import {
  OutboxEventRow,
  OutboxSequenceRow,
  WebhookDeliveryRow,
  WebhookEndpointRow,
} from '../entities/outbox.entities.ts';
import { RecordingAccessRow, RecordingRow } from '../entities/recording.entities.ts';
import { ApiKeyRow, ClosedDateRow, TenantBudgetRow, TenantRow } from '../entities/tenant.entities.ts';
import { Initial1795219200000 } from '../migrations/1795219200000-initial.ts';
import { Admission1795604400000 } from '../migrations/1795604400000-admission.ts';
import { Cost1795604500000 } from '../migrations/1795604500000-cost.ts';
import { Recordings1795604600000 } from '../migrations/1795604600000-recordings.ts';
import { Outbox1795604700000 } from '../migrations/1795604700000-outbox.ts';
import { Refusals1795604800000 } from '../migrations/1795604800000-refusals.ts';
import { Notice1795604900000 } from '../migrations/1795604900000-notice.ts';
import { WebhookFairness1795605000000 } from '../migrations/1795605000000-webhook-fairness.ts';
import { NumberForms1795605100000 } from '../migrations/1795605100000-number-forms.ts';
import { Attestation1795605200000 } from '../migrations/1795605200000-attestation.ts';
import { AgentArchive1795605300000 } from '../migrations/1795605300000-agent-archive.ts';
import { RecordTruth1795605500000 } from '../migrations/1795605500000-record-truth.ts';

export interface DatabaseOptions {
  /** postgres:// URL. */
  readonly url: string;
  /** Connections this process may hold. */
  readonly poolSize: number;
  /** 0 for none, as migrations need; 5 s by default. */
  readonly statementTimeoutMs?: number;
}

/** How long a request waits for a free connection, or for a new one to open. */
const CONNECT_TIMEOUT_MS = 8_000;
/**
 * Limits the server enforces: on a statement, a wait for a lock, and a transaction whose client sends
 * nothing.
 */
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 4_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 8_000;

const limits = new WeakMap<DataSource, string>();
/** An unused connection is closed after this. */
const IDLE_TIMEOUT_MS = 60_000;

export const MIGRATIONS = [
  Initial1795219200000,
  Admission1795604400000,
  Cost1795604500000,
  Recordings1795604600000,
  Outbox1795604700000,
  Refusals1795604800000,
  Notice1795604900000,
  WebhookFairness1795605000000,
  NumberForms1795605100000,
  Attestation1795605200000,
  AgentArchive1795605300000,
  RecordTruth1795605500000,
];

export const ENTITIES = [
  TenantRow,
  ClosedDateRow,
  ApiKeyRow,
  TenantBudgetRow,
  AgentRow,
  AgentVersionRow,
  PhoneNumberRow,
  OpeningHoursRow,
  CallerGroupRow,
  CallerGroupMemberRow,
  PhoneNumberGroupRow,
  BlockedCallerRow,
  DepartmentRow,
  CallRow,
  CallLegRow,
  UtteranceRow,
  ToolCallRow,
  DispositionRow,
  RecordingRow,
  RecordingAccessRow,
  ContactRow,
  ServiceRow,
  ResourceRow,
  ResourceServiceRow,
  ResourceHoursRow,
  BookingRow,
  IdempotencyKeyRow,
  OutboxSequenceRow,
  OutboxEventRow,
  WebhookEndpointRow,
  WebhookDeliveryRow,
];

/** A pool of connections, not yet opened. {@link keepConnecting} or `initialize()` opens it. */
export function createDataSource({
  url,
  poolSize,
  statementTimeoutMs = STATEMENT_TIMEOUT_MS,
}: DatabaseOptions): DataSource {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    poolSize,
    applicationName: 'tandem',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'all',
    installExtensions: false,
    synchronize: false,
    logging: false,
    // The pool replaces idle connections that break; a request that needs one and gets none reports the
    // error.
    poolErrorHandler: () => undefined,
    extra: {
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      onConnect: listenForErrors,
    },
  });
  limits.set(dataSource, limitsSql(statementTimeoutMs));
  return dataSource;
}

/**
 * The first statement of each transaction: its limits. They belong to the transaction since a pooler such as
 * PgBouncer refuses them as parameters of the connection, and may carry out the next transaction on another
 * connection.
 */
export function limitsOf(dataSource: DataSource): string {
  return limits.get(dataSource) ?? limitsSql(STATEMENT_TIMEOUT_MS);
}

function limitsSql(statementTimeoutMs: number): string {
  return [
    `SET LOCAL statement_timeout = ${statementTimeoutMs}`,
    `SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
  ].join('; ');
}

/**
 * A client without an error listener ends the process with its first error. The pool listens while it is idle
 * and TypeORM while it works; between the two there is a gap, in which a server that goes away right after
 * accepting a client would hit the process. The client knows that it is broken, and its next query reports
 * it.
 */
function listenForErrors(client: { on(event: 'error', listener: () => void): unknown }): void {
  client.on('error', () => undefined);
}
