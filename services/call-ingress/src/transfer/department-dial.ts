import { Inject, Injectable } from '@nestjs/common';
import {
  CallHandovers,
  type AdmissionRecord,
  type CarrierCallback,
  type PendingTransfer,
} from '@tandem/call-state';
import { isDepartmentOpen, type AgentSnapshot, type Department } from '@tandem/contracts';
import { dialPersonTwiml } from '@tandem/telephony';
import { callerIdOf } from '../admission/caller-identity.ts';
import { CallbackTokens, type CallbackClaims } from '../twilio/callback-tokens.ts';

/** The carrier's own limit of a talk; it hangs up then. */
const LONGEST_TALK_MS = 4 * 3600_000;
/** The whisper, twice, and the time to think about it. */
const LONGEST_WHISPER_MS = 120_000;

/**
 * Makes the TwiML that rings a department of the call's own directory: the only addresses that are ever
 * dialled.
 */
@Injectable()
export class DepartmentDial {
  constructor(
    @Inject(CallHandovers) private readonly moves: CallHandovers,
    @Inject(CallbackTokens) private readonly callbacks: CallbackTokens,
  ) {}

  /**
   * Answers the carrier with the dialling that `pending` asks for; a repeat gets the same. Null when the
   * department has gone from the directory or the call is no longer waiting for it.
   */
  async answer(
    claims: CallbackClaims,
    question: CarrierCallback,
    record: AdmissionRecord,
    pending: PendingTransfer,
  ): Promise<string | null> {
    const department = departmentOf(record, pending.department);
    if (!department) return null;
    const { callId, epoch } = claims;
    const isCold = pending.mode === 'cold';
    const answer = dialPersonTwiml({
      address: department.address,
      ringMs: department.ringMs,
      callerId: callerIdOf(record),
      actionUrl: await this.callbacks.url('transfer-ended', claims),
      ...(isCold ? {} : { whisperUrl: await this.callbacks.url('operator-whisper', claims) }),
    });
    const dialling = await this.moves.dial(
      { callId, epoch, question, answer },
      isCold,
      department.ringMs + LONGEST_WHISPER_MS + LONGEST_TALK_MS,
    );
    if (dialling.outcome === 'repeat') return dialling.answer;
    return dialling.outcome === 'dialled' ? answer : null;
  }
}

/** Whom an agent's ladder names for when no relay can go on, if they can be reached then. */
export function lastResortOf(
  { ladder, directory, timeZone }: Pick<AgentSnapshot, 'ladder' | 'directory' | 'timeZone'>,
  at: Date,
): Department | null {
  const rung = ladder.find(({ kind }) => kind === 'transfer');
  const department = directory.find(({ key }) => rung?.kind === 'transfer' && key === rung.department);
  return department && isDepartmentOpen(department, timeZone, at) ? department : null;
}

function departmentOf({ agent }: AdmissionRecord, key: string): Department | undefined {
  return agent.directory.find((department) => department.key === key);
}
