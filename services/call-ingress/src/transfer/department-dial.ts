import { Inject, Injectable } from '@nestjs/common';
import {
  CallHandovers,
  type AdmissionRecord,
  type CarrierCallback,
  type PendingTransfer,
} from '@tandem/call-state';
import { isDepartmentOpen, type AgentSnapshot, type Department } from '@tandem/contracts';
import { callerIdOf } from '../ports/caller-identity.ts';
import { carrierFor, CARRIER_ADAPTERS, type CarrierAdapters } from '../ports/carrier-adapter.ts';
import { keptReply, type CarrierInstruction } from '../ports/carrier-instruction.ts';
import type { StreamRef } from '../ports/stream-ref.ts';

/** Rings a department of the call's own directory: no other address is ever dialled. */
@Injectable()
export class DepartmentDial {
  constructor(
    private readonly handovers: CallHandovers,
    @Inject(CARRIER_ADAPTERS) private readonly carriers: CarrierAdapters,
  ) {}

  /**
   * Returns the dialling for a pending transfer; the same for every repeat of the question. Null when the
   * directory no longer has the department, or the call no longer waits for it.
   */
  async dial(
    stream: StreamRef,
    question: CarrierCallback,
    record: AdmissionRecord,
    pending: PendingTransfer,
  ): Promise<CarrierInstruction | null> {
    const department = departmentOf(record, pending.department);
    if (!department) return null;
    const { callId, epoch } = stream;
    const { address, ringMs } = department;
    const isCold = pending.mode === 'cold';
    const carrier = carrierFor(this.carriers, record);
    const { questionMs, talkMs } = carrier.longestDial;
    const answer = await carrier.render({
      kind: 'dial',
      address,
      ringMs,
      callerId: callerIdOf(record),
      stream,
      asksFirst: !isCold,
    });
    const dialling = await this.handovers.dial(
      { callId, epoch, question, answer },
      isCold && talkMs > 0,
      ringMs + questionMs + (isCold ? talkMs : 0),
    );
    if (dialling.outcome === 'repeat') return keptReply(dialling.answer);
    return dialling.outcome === 'dialled' ? keptReply(answer) : null;
  }
}

/** The department of the agent's fallback chain for calls that no relay can continue, if it is open then. */
export function lastResortOf(
  { ladder, directory, timeZone }: Pick<AgentSnapshot, 'ladder' | 'directory' | 'timeZone'>,
  at: Date,
): Department | null {
  const fallback = ladder.find(({ kind }) => kind === 'transfer');
  const department = directory.find(
    ({ key }) => fallback?.kind === 'transfer' && key === fallback.department,
  );
  return department && isDepartmentOpen(department, timeZone, at) ? department : null;
}

function departmentOf({ agent }: AdmissionRecord, key: string): Department | undefined {
  return agent.directory.find((department) => department.key === key);
}
