/** Names of log fields and span attributes, in one place so that one query finds everything about a call. */
export const ATTRIBUTES = {
  callId: 'tandem.call.id',
  legId: 'tandem.leg.id',
  tenantId: 'tandem.tenant.id',
  relayId: 'tandem.relay.id',
  toolName: 'tandem.tool.name',
  toolOutcome: 'tandem.tool.outcome',
  termination: 'tandem.call.termination',
  provider: 'gen_ai.provider.name',
  model: 'gen_ai.request.model',
} as const;
