import { Inject, Injectable } from '@nestjs/common';
import { CallHandovers, CallStore } from '@tandem/call-state';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import { HANG_UP, type CarrierInstruction } from '../ports/carrier-instruction.ts';
import type { StreamRef } from '../ports/stream-ref.ts';
import { IngressMetrics } from '../runtime/ingress-metrics.ts';
import { operatorHints, operatorVerdict, whisperText, type OperatorAnswer } from './operator-texts.ts';

/** An unclear answer is asked for once more. */
const MAX_ATTEMPTS = 2;

/** Asks a person who has picked up, alone, whether they take the call, and acts on their answer. */
@Injectable()
export class OperatorQuestions {
  constructor(
    private readonly calls: CallStore,
    private readonly handovers: CallHandovers,
    @Inject(CARRIER_ADAPTERS) private readonly carriers: CarrierAdapters,
    private readonly metrics: IngressMetrics,
  ) {}

  /** Returns the question for the person, before the caller hears them. */
  async ask(stream: StreamRef, attempt = 1): Promise<CarrierInstruction> {
    const [pending, record] = await Promise.all([
      this.handovers.pendingTransfer(stream.callId),
      this.calls.record(stream.callId),
    ]);
    if (!pending || !record) return HANG_UP; // The caller has left.
    const { language } = record.agent;
    return {
      kind: 'ask-person',
      stream,
      spoken: { text: whisperText(record, pending.summary), language },
      hints: operatorHints(language),
      attempt,
    };
  }

  /** Returns what follows the person's key or words. */
  async handleAnswer(
    stream: StreamRef,
    answer: OperatorAnswer,
    attempt: number,
  ): Promise<CarrierInstruction> {
    const record = await this.calls.record(stream.callId);
    const verdict = operatorVerdict(answer, record?.agent.language ?? 'en');
    this.metrics.operatorAnswers.inc({ by: answer.key ? 'key' : 'speech', verdict });
    if (verdict === 'unclear' && attempt < MAX_ATTEMPTS) return this.ask(stream, attempt + 1);
    if (verdict !== 'accepted' || !record) return HANG_UP;
    const { talkMs } = carrierFor(this.carriers, record).longestDial;
    const isTaken = await this.handovers.accept(stream.callId, stream.epoch, talkMs);
    return isTaken ? { kind: 'connect-person' } : HANG_UP;
  }
}
