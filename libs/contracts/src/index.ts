export {
  type AfterCall,
  afterCallSchema,
  type AnalysisSource,
  analysisSourceSchema,
  type AnalysisState,
  analysisStateSchema,
  analysisVersion,
  type ExtractionState,
  extractionStateSchema,
  type FollowUp,
  followUpSchema,
  MAX_FOLLOW_UP_LENGTH,
  MAX_FOLLOW_UPS,
} from './agent/after-call.ts';
export {
  type AgentChange,
  agentChangeInputSchema,
  agentChangeSchema,
  type AgentRule,
  type AgentTexts,
  interruptionSchema,
  type InterruptionSettings,
  type ToolWaitSettings,
} from './agent/behaviour.ts';
export type { TurnDetection } from './agent/turn-detection.ts';
export { contentProblems, greetingProblem, type GreetingVariable } from './agent/content-check.ts';
export {
  type AgentContent,
  type AgentContentInput,
  agentContentSchema,
  toSnapshot,
} from './agent/content.ts';
export { afterModels, type FallbackTargetSettings, modelTargets } from './agent/fallbacks.ts';
export {
  clockTime,
  isDepartmentOpen,
  isOpenAt,
  localDate,
  type OpeningHours,
  toClockHours,
  toWeeklyHours,
  type WeeklyHours,
} from './agent/opening-hours.ts';
export { type PromptVariant, withVariant } from './agent/prompt-variant.ts';
export {
  type AgentSnapshot,
  type AgentSnapshotInput,
  agentSnapshotSchema,
  textsOf,
} from './agent/snapshot.ts';
export { type Department, departmentSchema } from './agent/department.ts';
export { baseLanguage, DEFAULT_TEXTS, isSpeakable } from './agent/texts.ts';
export { type CallCost, costOf, MICROS_PER_USD, toMicros } from './costs/prices.ts';
export {
  isBelievable,
  MOST_REPORTED_MS,
  MOST_REPORTED_TOKENS,
  UNKNOWN_USAGE,
  type Usage,
  usageSchema,
} from './costs/usage.ts';
export {
  businessEventSchema,
  type BusinessEventType,
  type EventSubject,
  NAMED_ONLY_EVENT,
  TEST_EVENT,
  WEBHOOK_SECRETS_PURPOSE,
  type WebhookBody,
  webhookHeadersPlace,
  webhookSecretPlace,
} from './events/business-event.ts';
export {
  type CallEvent,
  callEventBodies,
  type CallEventBody,
  type CallEventType,
  type LatencyKind,
  type NewCallEvent,
  parseCallEvent,
  type ResponseStatus,
} from './events/call-event.ts';
export {
  CALL_STATUSES,
  type CallDirection,
  callDirectionSchema,
  type CallStatus,
  callStatusSchema,
  type Channel,
  channelSchema,
  isFinalStatus,
  REFUSAL_REASONS,
  type RefusalReason,
  refusalReasonSchema,
} from './events/call.ts';
export {
  type ConsentPurpose,
  consentPurposeSchema,
  type ConsentState,
  consentStateSchema,
  type LeadSource,
  leadSourceSchema,
  type LeadStage,
  leadStageSchema,
  type StaffMessageState,
  staffMessageStateSchema,
  type Urgency,
  urgencySchema,
} from './events/enquiry.ts';
export { maskEvent, maskJson, maskNumbers, maskOutcome, maskUtterances } from './events/masked-numbers.ts';
export {
  type Termination,
  termination,
  type TerminationClass,
  type TerminationReason,
} from './events/termination.ts';
export {
  type AppointmentFacts,
  appointmentSubject,
  appointmentText,
  type BookingTexts,
  mailAddressOf,
  type Reminder,
  reminderSchema,
  TEXT_PLACES,
} from './bookings/notices.ts';
export { type ConsentWord, consentWordOf } from './messages/consent-words.ts';
export {
  isLaterStatus,
  type MessageChannel,
  messageChannelSchema,
  type MessageStatus,
  messageStatusSchema,
  type SentStatus,
} from './messages/message.ts';
export { shortMessage, SMS_LIMITS } from './messages/sms-text.ts';
export {
  DEFAULT_MODEL_KIND,
  type ModelKindName,
  type ModelSettings,
  PRICES,
  remoteModel,
  runsTools,
  sessionSettings,
} from './models/catalogue.ts';
export type { ModelSessionSettings } from './models/model-kind.ts';
export { COST_MODALITIES, type CostModality } from './models/price.ts';
export type { AuditAct, AuditActor, AuditTrail, PendingAct } from './services/audit.ts';
export {
  type IdempotencyClaim,
  type IdempotencyKeys,
  type KeyedRequest,
  type StoredAnswer,
} from './services/idempotency.ts';
export {
  type AnalysisJob,
  analysisJobSchema,
  type McpListing,
  type McpListingBody,
  mcpListingBodySchema,
  type McpListingJob,
  mcpListingJobSchema,
  mcpListingSchema,
  type MessageJob,
  messageJobSchema,
  type PostCallJob,
  postCallJobSchema,
  type QueueName,
} from './services/queues.ts';
export {
  parseRedisAddress,
  REDIS_ADDRESS_FORMS,
  type RedisAddress,
  type RedisGroupAddress,
  type RedisLogin,
} from './services/redis-address.ts';
export {
  SERVICE_TOKEN_LIFETIME_S,
  SERVICE_TOKEN_PURPOSE,
  serviceTokenSchema,
} from './services/service-token.ts';
export { type NewTenant, newTenantSchema, tenantFields } from './services/tenant.ts';
export {
  type StreamTicket,
  streamTicketSchema,
  TICKET_LIFETIME_S,
  TICKET_PARAMETER,
} from './services/stream-ticket.ts';
export { type CallFact, fillJson, fillSecrets, fillUrl, type TemplateValues } from './tools/http-template.ts';
export {
  bodyOf,
  depthOf,
  type HttpTool,
  type HttpToolRequest,
  httpToolSchema,
  isSafeToRepeat,
  secretNameSchema,
  secretNamesOf,
  TENANT_SECRETS_PURPOSE,
  tenantSecretPlace,
  urlTemplateOf,
} from './tools/http-tool.ts';
export {
  type ToolCall,
  type ToolCallBody,
  toolCallBodySchema,
  type ToolCallContext,
  type ToolCallJob,
  toolCallJobSchema,
} from './tools/tool-call.ts';
export { cutParameters, type CutParameters } from './tools/mcp-parameters.ts';
export {
  MAX_MCP_DESCRIPTION_LENGTH,
  type McpConnection,
  mcpConnectionSchema,
  type McpDeclared,
  type McpServer,
  type McpTool,
  mcpResultNote,
  mcpToolName,
  mcpToolNames,
  type McpToolRequest,
} from './tools/mcp-server.ts';
export { type ToolLimits } from './tools/tool-limits.ts';
export { mayFind, type WebSearchHosts, webSearchHostsSchema } from './tools/web-search-hosts.ts';
export { closedParameters, declaredArguments } from './tools/tool-parameters.ts';
export { hasLateText, lateText, type LateResult } from './tools/late-text.ts';
export { parseJson, readBounded, TooLarge } from './services/bounded-response.ts';
export { type JsonValue, jsonValueSchema, lookUp, valueAt } from './tools/json-value.ts';
export { type CrmEventType, CRM_EVENTS, crmEventSchema, crmTargetOf } from './crm/crm-event.ts';
export {
  addressesOf,
  CRM_CREDENTIALS,
  CRM_KINDS,
  CRM_SECRETS_PURPOSE,
  CRM_SETTINGS,
  crmCredentialsPlace,
  type CrmKind,
  crmKindSchema,
} from './crm/crm-kinds.ts';
export { fillOwnFields, type OwnFields } from './crm/own-fields.ts';
export {
  type CrmOperation,
  genericSettingsSchema,
  type GenericSettings,
  isProblem,
  renderRequest,
  type RenderedRequest,
} from './crm/generic/mapping.ts';
export {
  type HubspotCredentials,
  hubspotCredentialsSchema,
  type HubspotSettings,
  hubspotSettingsSchema,
} from './crm/hubspot/hubspot-settings.ts';
export {
  type SalesforceCredentials,
  salesforceCredentialsSchema,
  type SalesforceSettings,
  salesforceSettingsSchema,
} from './crm/salesforce/salesforce-settings.ts';
export { sampleEvent } from './crm/sample-events.ts';
export { describeOutcome, type ToolOutcome, toolOutcomeSchema } from './tools/tool-outcome.ts';
export {
  type CallToolName,
  defineTool,
  MAX_ARGUMENTS_LENGTH,
  parserOf,
  type HostedTool,
  type ToolDeclaration,
  type ToolSpec,
} from './tools/tool-declaration.ts';
export { CALL_PARAMETER_LIMITS, type CallParameters, callParametersSchema } from './words/call-parameters.ts';
export { attestationSchema, validationOf } from './words/attestation.ts';
export {
  type AudioFormat,
  bytesPerMs,
  PCM16_16K,
  PCM16_24K,
  PCM16_8K,
  PCMA_8K,
  PCMU_8K,
  sameFormat,
} from './words/audio-format.ts';
export {
  type Caller,
  callerSchema,
  isWithheld,
  partyNumber,
  partyUser,
  shownNumber,
  UNKNOWN_CALLER,
  WITHHELD,
} from './words/caller.ts';
export { canonical } from './words/canonical.ts';
export { DependencyUnavailable, DependencyUnsuitable, MalformedInput } from './words/fault.ts';
export {
  type CallId,
  callIdSchema,
  type ItemId,
  MAX_PROVIDER_ID_LENGTH,
  providerIdSchema,
  type RelayId,
  relayIdSchema,
  type ResponseId,
  type TenantId,
  tenantIdSchema,
  type ToolCallId,
  toolCallIdSchema,
  toToolCallId,
} from './words/ids.ts';
export { languageName, languageSchema } from './words/locale.ts';
export {
  isE164,
  isPhoneCountry,
  MAX_PARTY_LENGTH,
  normalPhone,
  partySchema,
  writtenForms,
} from './words/phone-number.ts';
export { ProviderError, type ProviderErrorCategory } from './words/provider-error.ts';
export {
  cleanedText,
  INVISIBLE,
  isVisible,
  storableText,
  UNSTORABLE,
  unstorablePlaces,
  visibleText,
} from './words/text.ts';
export { CALENDAR_SECRETS_PURPOSE, calendarCredentialsPlace } from './services/calendar-secrets.ts';
