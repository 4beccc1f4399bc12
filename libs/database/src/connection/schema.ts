import {
  AnalysisRunCallRow,
  AnalysisRunRow,
  AnalysisSettingsRow,
  CallAnalysisRow,
} from '../entities/analysis.entities.ts';
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
  ResourceLeaveRow,
  ResourceRow,
  ResourceServiceRow,
  ServiceRow,
} from '../entities/business.entities.ts';
import {
  BookingNoticeRow,
  BookingSettingsRow,
  FreedTimeRow,
  ServiceRemindersRow,
  WaitingListRow,
} from '../entities/calendar.entities.ts';
import {
  CalendarBusyRow,
  CalendarConnectionRow,
  CalendarEventRow,
  CalendarFeedRow,
} from '../entities/connected-calendar.entities.ts';
import { CallLegRow, CallRow, DispositionRow, ToolCallRow, UtteranceRow } from '../entities/call.entities.ts';
import { ContactConsentRow, ContactMergeRow, ContactPointRow } from '../entities/contact.entities.ts';
import { CrmConnectionRow, CrmDeliveryRow } from '../entities/crm.entities.ts';
import { LeadRow, StaffMessageRow } from '../entities/enquiry.entities.ts';
import { MessageOptOutRow, MessageRow } from '../entities/message.entities.ts';
import {
  OutboxEventRow,
  OutboxSequenceRow,
  WebhookDeliveryRow,
  WebhookEndpointRow,
} from '../entities/outbox.entities.ts';
import { RecordingAccessRow, RecordingRow } from '../entities/recording.entities.ts';
import {
  ApiKeyRow,
  ClosedDateRow,
  TenantBudgetRow,
  TenantRow,
  TenantSecretRow,
} from '../entities/tenant.entities.ts';
import { WebSearchHostsRow } from '../entities/web-search.entities.ts';
import {
  LocationRow,
  ResourceZoneRow,
  ZonePlaceRow,
  ZonePolygonRow,
  ZonePostcodeRow,
  ZoneRow,
} from '../entities/zone.entities.ts';
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
import { Catalogue1795605600000 } from '../migrations/1795605600000-catalogue.ts';
import { SetUp1795605700000 } from '../migrations/1795605700000-set-up.ts';
import { ContactsAndLeads1795605800000 } from '../migrations/1795605800000-contacts-and-leads.ts';
import { TenantSecrets1795605900000 } from '../migrations/1795605900000-tenant-secrets.ts';
import { Messages1795606000000 } from '../migrations/1795606000000-messages.ts';
import { CallAnalyses1795606700000 } from '../migrations/1795606700000-call-analyses.ts';
import { WebSearchHosts1795606600000 } from '../migrations/1795606600000-web-search-hosts.ts';
import { CrmConnections1795606500000 } from '../migrations/1795606500000-crm-connections.ts';
import { WebhookFilters1795606300000 } from '../migrations/1795606300000-webhook-filters.ts';
import { LocationsAndZones1795606100000 } from '../migrations/1795606100000-locations-and-zones.ts';
import { Calendar1795606200000 } from '../migrations/1795606200000-calendar.ts';
import { Calendars1795606400000 } from '../migrations/1795606400000-calendars.ts';
import { TenantReferences1795607200000 } from '../migrations/1795607200000-tenant-references.ts';
import { TenantLookups1795607210000 } from '../migrations/1795607210000-tenant-lookups.ts';

/** In the order they run. */
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
  Catalogue1795605600000,
  SetUp1795605700000,
  ContactsAndLeads1795605800000,
  TenantSecrets1795605900000,
  Messages1795606000000,
  LocationsAndZones1795606100000,
  Calendar1795606200000,
  WebhookFilters1795606300000,
  Calendars1795606400000,
  CrmConnections1795606500000,
  WebSearchHosts1795606600000,
  CallAnalyses1795606700000,
  TenantReferences1795607200000,
  TenantLookups1795607210000,
];

/** The rows of every table. */
export const ENTITIES = [
  TenantRow,
  ClosedDateRow,
  ApiKeyRow,
  TenantBudgetRow,
  TenantSecretRow,
  WebSearchHostsRow,
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
  ContactPointRow,
  ContactConsentRow,
  ContactMergeRow,
  ServiceRow,
  ResourceRow,
  ResourceServiceRow,
  ResourceHoursRow,
  ResourceLeaveRow,
  BookingRow,
  LeadRow,
  StaffMessageRow,
  IdempotencyKeyRow,
  OutboxSequenceRow,
  OutboxEventRow,
  WebhookEndpointRow,
  WebhookDeliveryRow,
  CrmConnectionRow,
  CrmDeliveryRow,
  MessageRow,
  MessageOptOutRow,
  AnalysisSettingsRow,
  CallAnalysisRow,
  AnalysisRunRow,
  AnalysisRunCallRow,
  LocationRow,
  ZoneRow,
  ZonePolygonRow,
  ZonePostcodeRow,
  ZonePlaceRow,
  ResourceZoneRow,
  WaitingListRow,
  FreedTimeRow,
  BookingSettingsRow,
  ServiceRemindersRow,
  BookingNoticeRow,
  CalendarFeedRow,
  CalendarConnectionRow,
  CalendarBusyRow,
  CalendarEventRow,
];
