export { databaseResource } from './connection/connection.ts';
export { createDataSource } from './connection/data-source.ts';
export { runMigrations } from './connection/migrate.ts';
export { acrossTenants, run, transact, type Transaction } from './connection/unit-of-work.ts';
export { API_SCOPES, TENANT_SCOPES, type ApiScope } from './entities/api-scopes.ts';
export {
  type Booking,
  type BookingOfCall,
  type BookingRequest,
  type WantedTime,
} from './entities/booking.ts';
export { type BookableService, type ResourceKind, type Service } from './entities/business.entities.ts';
export type {
  CallLegRecord,
  CallRecord,
  DispositionRecord,
  LatencySummary,
  RecordingRecord,
  RefusedCall,
  SpeakingModel,
  ToolCallRecord,
  UtteranceRecord,
} from './entities/call-record.ts';
export type { CallDetail, CallSummary } from './entities/stored-call.ts';
export type {
  AnalysisFindings,
  AnalysisResult,
  AnalysisRun,
  AnalysisUsage,
  CallAnalysis,
  DueAnalysis,
  ExportedAnalysis,
  ExportSelection,
  FollowUpMessage,
  RunSelection,
  WaitingAnalysis,
} from './entities/analysis.ts';
export type {
  FoundZone,
  GridPoint,
  GridPolygon,
  Location,
  PostcodeArea,
  Ring,
  Whereabouts,
  Zone,
  ZonePlace,
  ZoneSummary,
} from './entities/zone.ts';
export type { Lead, StaffMessage } from './entities/enquiry.ts';
export { type ClaimedDelivery, type Delivery, type ReplayResult } from './entities/delivery.ts';
export {
  type ClaimedCrmDelivery,
  type CrmConnection,
  type CrmDelivery,
  type FailedPush,
} from './entities/crm.ts';
export { type BusyPeriod, type CalendarStretch, type Leave, type ServiceName } from './queries/calendar.ts';
export type {
  IncomingMessage,
  Message,
  MessageFilter,
  MessageParties,
  MessageReport,
  OutgoingMessage,
} from './entities/message.ts';
export { type CallerGroup } from './queries/caller-lists.ts';
export { FAILURES_BEFORE_PROBES } from './queries/deliveries.ts';
export { type ClosedDate } from './queries/closed-dates.ts';
export {
  type EndpointFilters,
  type SealedHeaders,
  type SealedParts,
  type WebhookEndpoint,
} from './queries/endpoints.ts';
export { type CallerGroupMatch, type KnownCaller } from './queries/known-caller.ts';
export { type PhoneNumber } from './queries/numbers.ts';
export { type Resource } from './queries/resources.ts';
export { type DaySpending } from './queries/spending.ts';
export { type SealedSecret } from './queries/tenant-secrets.ts';
export {
  AgentDirectory,
  type DialledNumber,
  type NumberAccess,
} from './repositories/agents/agent-directory.ts';
export { AgentRepository } from './repositories/agents/agent.repository.ts';
export type { Agent, AgentChange, AgentVersion } from './entities/agent.ts';
export { DepartmentRepository, MAX_DEPARTMENTS } from './repositories/agents/department.repository.ts';
export { type NewNumber, NumberRepository } from './repositories/agents/number.repository.ts';
export { type NumberHours, OpeningHoursRepository } from './repositories/agents/opening-hours.repository.ts';
export { BookingRepository, MOST_IN_SERIES } from './repositories/bookings/booking.repository.ts';
export {
  type BookingNotice,
  BookingNoticeRepository,
} from './repositories/bookings/booking-notice.repository.ts';
export {
  type BookingSettings,
  BookingSettingsRepository,
  type NoticeSettings,
} from './repositories/bookings/booking-settings.repository.ts';
export { MAX_WAITING, WaitingListRepository } from './repositories/bookings/waiting-list.repository.ts';
export { type DueNotice } from './queries/booking-notices.ts';
export type { FreedTime, OfferTerms, WaitingEntry } from './entities/waiting-list.ts';
export {
  type Calendar,
  CalendarRepository,
  type CalendarResource,
} from './repositories/bookings/calendar.repository.ts';
export {
  type CalendarFeed,
  CalendarFeedRepository,
  type ReadFeed,
} from './repositories/calendars/calendar-feed.repository.ts';
export type { CalendarConnectionState, CalendarDetailLevel } from './entities/connected-calendar.entities.ts';
export {
  type CalendarConnection,
  CalendarConnectionRepository,
  MAX_CALENDAR_CONNECTIONS,
} from './repositories/calendars/calendar-connection.repository.ts';
export { CalendarSyncRepository } from './repositories/calendars/calendar-sync.repository.ts';
export type {
  CalendarBacklog,
  CalendarBusyTime,
  ClaimedCalendar,
  DueCalendarEvent,
} from './entities/calendar-sync.ts';
export type { BookingInCalendar } from './queries/calendars/shown-bookings.ts';
export { LeaveRepository, MAX_LEAVE, type ResourceLeave } from './repositories/bookings/leave.repository.ts';
export {
  type BookingsOfResource,
  MAX_RESOURCES,
  ResourceRepository,
} from './repositories/bookings/resource.repository.ts';
export { MAX_SERVICES, ServiceRepository } from './repositories/bookings/service.repository.ts';
export type {
  Contact,
  ContactChange,
  ContactConsent,
  ContactHistoryEntry,
  ContactPoint,
} from './entities/contact.ts';
export { ContactConsentRepository } from './repositories/contacts/contact-consent.repository.ts';
export { ContactHistoryRepository } from './repositories/contacts/contact-history.repository.ts';
export {
  type ContactImport,
  ContactImportRepository,
  type ImportedContact,
} from './repositories/contacts/contact-import.repository.ts';
export { ContactRepository } from './repositories/contacts/contact.repository.ts';
export {
  type BlockedCaller,
  BlockedCallerRepository,
} from './repositories/callers/blocked-caller.repository.ts';
export { CallerDirectory } from './repositories/callers/caller-directory.ts';
export { CallerGroupRepository } from './repositories/callers/caller-group.repository.ts';
export { PHONE_PATTERN } from './repositories/callers/phone-pattern.ts';
export { CallRepository } from './repositories/calls/call.repository.ts';
export { AnalysisRepository } from './repositories/analyses/analysis.repository.ts';
export {
  AnalysisRunRepository,
  MAX_OPEN_RUNS,
  MAX_RUN_CALLS,
} from './repositories/analyses/analysis-run.repository.ts';
export { MessageRepository } from './repositories/messages/message.repository.ts';
export {
  type RecordingAccess,
  type RecordingAction,
  RecordingRepository,
} from './repositories/calls/recording.repository.ts';
export {
  type ApiKey,
  ApiKeyRepository,
  generateApiKey,
  MAX_API_KEYS,
} from './repositories/tenants/api-key.repository.ts';
export { ClosedDateRepository } from './repositories/tenants/closed-date.repository.ts';
export { LeadRepository } from './repositories/enquiries/lead.repository.ts';
export { StaffMessageRepository } from './repositories/enquiries/staff-message.repository.ts';
export { IdempotencyRepository } from './repositories/tenants/idempotency.repository.ts';
export {
  MAX_TENANT_SECRETS,
  SecretRepository,
  type TenantSecret,
} from './repositories/tenants/secret.repository.ts';
export { WebSearchHostsRepository } from './repositories/tenants/web-search-hosts.repository.ts';
export {
  type BudgetChange,
  SpendingRepository,
  type TenantBudget,
} from './repositories/tenants/spending.repository.ts';
export { type Tenant, TenantRepository } from './repositories/tenants/tenant.repository.ts';
export {
  CrmConnectionRepository,
  MAX_CRM_CONNECTIONS,
} from './repositories/crm/crm-connection.repository.ts';
export { CrmDeliveryRepository } from './repositories/crm/crm-delivery.repository.ts';
export { writeEvent } from './repositories/webhooks/outbox.ts';
export { WebhookDeliveryRepository } from './repositories/webhooks/webhook-delivery.repository.ts';
export {
  MAX_WEBHOOK_ENDPOINTS,
  WebhookEndpointRepository,
} from './repositories/webhooks/webhook-endpoint.repository.ts';
export { LocationRepository, MAX_LOCATIONS } from './repositories/zones/location.repository.ts';
export { MAX_ZONES, ZoneRepository } from './repositories/zones/zone.repository.ts';
export { type Page, type PageRequest } from './rows/page.ts';
export { DEMO_AGENT_ID, DEMO_PHONE_NUMBER, DEMO_TENANT_ID, seedDemo } from './seeds/seed-demo.ts';
export type { DataSource } from 'typeorm';
