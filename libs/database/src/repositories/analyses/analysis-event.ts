import type { CallAnalysis } from '../../entities/analysis.ts';
import type { OutboxEvent } from '../webhooks/outbox.ts';

export function callAnalysed(analysis: CallAnalysis): OutboxEvent {
  const { id, tenantId, callId, version, state, isReplay, source, model, reason } = analysis;
  const { summary, outcome, extractionState, extraction, followUps, settledAt } = analysis;
  return {
    tenantId,
    type: 'call.analysed',
    subject: { kind: 'call', id: callId },
    data: {
      callId,
      analysisId: id,
      version,
      state,
      isReplay,
      source,
      model,
      reason,
      summary,
      outcome,
      extractionState,
      extraction,
      followUps,
      analysedAt: settledAt,
    },
  };
}
