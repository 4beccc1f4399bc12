export { loadConfig, ConfigurationFault } from './config/load-config.ts';
export { checkAllServices, settingNames, withSecretFiles } from './config/all-services.ts';
export {
  loadServiceConfig,
  serviceSections,
  type ServiceConfig,
  type ServiceName,
} from './config/services.ts';
export { secretOf } from './config/secret-files.ts';
export type { Section, Setting, Settings } from './config/setting.ts';
export { ManagementServer } from './health/management-server.ts';
export { Readiness } from './health/readiness.ts';
export {
  areApart,
  changeOf,
  closesSchema,
  idParameterSchema,
  keySchema,
  opensSchema,
  pageOf,
  pageQuery,
  phoneQuerySchema,
  phoneSchema,
  weeklyHoursSchema,
  type IdParameter,
} from './http/fields.ts';
export { invalidRequest, type FieldError, type FieldProblem } from './http/field-errors.ts';
export { readFields, type FieldsRead } from './http/read-fields.ts';
export { Problem, type ProblemDetails } from './http/problem.ts';
export {
  type AuthorisedRequest,
  CurrentPrincipal,
  type Principal,
  type PrincipalSession,
} from './access/principal.ts';
export { NeedsReauthentication, REAUTHENTICATION_MS } from './access/reauthentication.ts';
export { UserSessions } from './access/user-sessions.ts';
export { SessionCookies } from './access/session-cookies.ts';
export { tenantNotFound } from './access/tenant-not-found.ts';
export { NeedsScopes } from './access/tenant.guard.ts';
export { TenantController } from './access/tenant-controller.ts';
export { TenantPlaces } from './access/tenant-places.ts';
export { TenantShare } from './access/tenant-share.ts';
export { TenantTurns } from './access/tenant-turns.ts';
export { AccessModule } from './access/access.module.ts';
export { isLoopbackHost } from './http/loopback.ts';
export { AuditModule } from './audit/audit.module.ts';
export { recordAct } from './audit/request-act.ts';
export type { RouteActs } from './audit/route-acts.ts';
export { openApiDocument, serveOpenApi, type OpenApiAbout } from './http/openapi.ts';
export { Endpoint } from './http/endpoint.ts';
export { entityTag, IfMatch, Precondition, Tagged } from './http/entity-tag.ts';
export { IdempotencyKey } from './idempotency/idempotency-key.ts';
export { IdempotentWrites } from './idempotency/idempotent-writes.service.ts';
export { IdempotencyModule } from './idempotency/idempotency.module.ts';
export { Idempotent } from './idempotency/idempotent.ts';
export { onceFor, Reply, type Once } from './idempotency/once.ts';
export { managed, type ManagedResourceOptions, type ResourceState } from './lifecycle/managed-resource.ts';
export { PlatformModule } from './lifecycle/platform.module.ts';
export { CONFIG } from './lifecycle/tokens.ts';
export { RecurringTask } from './lifecycle/recurring-task.ts';
export { withTimeout } from './lifecycle/with-timeout.ts';
export { runService, startService, type RunOptions } from './lifecycle/run-service.ts';
export { FaultLog } from './logging/fault-log.ts';
export { scrub } from './logging/scrub.ts';
export { isListed, networksOf, userNetworkOf, type Networks } from './outbound/networks.ts';
export { Destinations } from './outbound/destinations.ts';
export { type OutboundAnswer, OutboundClient } from './outbound/outbound-client.ts';
export {
  type OutboundMethod,
  OutboundConnections,
  OutboundFailure,
  type OutboundRequest,
  type OutboundResponse,
} from './outbound/outbound-connections.ts';
export { clientOfDeployment } from './outbound/own-destination.ts';
export { OutboundPoster } from './outbound/outbound-post.ts';
export { jobDefaults, queueModule, workerSettings } from './queues/queue.module.ts';
export { AnalysisQueue } from './queues/analysis.queue.ts';
export { MessageQueue } from './queues/message.queue.ts';
export { PostCallQueue } from './queues/post-call.queue.ts';
export { queueGauges } from './queues/queue-gauges.ts';
export { queueToken } from './queues/queue-tokens.ts';
export { RestingProcessor } from './queues/resting-processor.ts';
export { QUEUE_PREFIX, QUEUE_SETTINGS } from './queues/queue-options.ts';
export { CALL_STATE_SEALER, CallStateModule, REDIS } from './stores/call-state.module.ts';
export { DATA_SOURCE, DatabaseModule } from './stores/database.module.ts';
export { ATTRIBUTES } from './telemetry/attributes.ts';
export { LATENCY_BUCKETS_S, Metrics } from './telemetry/metrics.ts';
export { startSpan, startTracing, traceparentOf } from './telemetry/tracing.ts';
export { deriveKeys, type DerivedKey } from './tokens/secrets.ts';
export { SignedTokens, TokenRefused, type TokenRefusal } from './tokens/signed-token.ts';
