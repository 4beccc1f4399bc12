export { DatabaseRefusal, DatabaseUnavailable } from './database-errors.ts';
export { databaseProblem, databaseResource, keepConnecting } from './connection.ts';
export { createDataSource, type DatabaseOptions } from './data-source.ts';
export { runMigrations } from './migrate.ts';
export { run, transact, type Transaction } from './unit-of-work.ts';
export { CursorMalformed, MAX_PAGE_SIZE, type Page, type PageRequest } from './page.ts';
export type * from './call-record.ts';
export { AgentDirectory, type DialledNumber, type NumberAccess } from './repositories/agent-directory.ts';
export {
  AgentRepository,
  type Agent,
  type AgentChange,
  type AgentVersion,
} from './repositories/agent.repository.ts';
export {
  API_SCOPES,
  ApiKeyMalformed,
  ApiKeyRepository,
  generateApiKey,
  isApiKey,
  type ApiKey,
  type ApiScope,
} from './repositories/api-key.repository.ts';
export { BlockedCallerRepository, type BlockedCaller } from './repositories/blocked-caller.repository.ts';
export {
  BookingRepository,
  type Booking,
  type BookingFilter,
  type BookingMove,
  type BookingOfCall,
  type BookingRequest,
} from './repositories/booking.repository.ts';
export {
  CalendarRepository,
  type BusyPeriod,
  type Calendar,
  type CalendarResource,
} from './repositories/calendar.repository.ts';
export { CallerDirectory, type CallerGroupMatch, type KnownCaller } from './repositories/caller-directory.ts';
export { CallerGroupRepository, type CallerGroup } from './repositories/caller-group.repository.ts';
export { CallRepository } from './repositories/call.repository.ts';
export { CatalogueRepository, type Resource, type Service } from './repositories/catalogue.repository.ts';
export {
  ContactRepository,
  type Contact,
  type ContactChange,
  type ContactFields,
} from './repositories/contact.repository.ts';
export { DepartmentRepository, MAX_DEPARTMENTS } from './repositories/department.repository.ts';
export { IdempotencyRepository } from './repositories/idempotency.repository.ts';
export { NumberRepository, type NumberChange, type PhoneNumber } from './repositories/number.repository.ts';
export { PHONE_PATTERN } from './repositories/phone-pattern.ts';
export {
  RecordingRepository,
  type RecordingAccess,
  type RecordingAction,
} from './repositories/recording.repository.ts';
export {
  SpendingRepository,
  type BudgetChange,
  type DaySpending,
  type TenantBudget,
} from './repositories/spending.repository.ts';
export {
  MAX_WEBHOOK_ENDPOINTS,
  WebhookEndpointRepository,
  type EndpointFields,
  type SealedHeaders,
  type WebhookEndpoint,
} from './repositories/webhook-endpoint.repository.ts';
export {
  FAILURES_BEFORE_PROBES,
  WebhookDeliveryRepository,
  type ClaimedDelivery,
  type Delivery,
  type DeliveryState,
  type FailedTry,
  type ReplayRequest,
  type ReplayResult,
} from './repositories/webhook-delivery.repository.ts';
export {
  DEMO_AGENT_ID,
  DEMO_PHONE_NUMBER,
  DEMO_TENANT_ID,
  seedDemo,
  type DemoOptions,
} from './seeds/seed-demo.ts';
export type { DemoModel } from './seeds/demo-agent.ts';
export type { DataSource } from 'typeorm';
