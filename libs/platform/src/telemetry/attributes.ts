/** The names of fields in logs and of attributes on spans. One place, so that a query finds all of a call. */
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
