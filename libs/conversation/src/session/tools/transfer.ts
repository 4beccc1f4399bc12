import type { Department, ToolOutcome } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { AgentState } from '../agent/agent-state.ts';
import type { CallContext } from '../call-context.ts';
import { chooseDepartment } from './department-choice.ts';

export interface TransferRequest {
  /** The department's key in the agent's directory. */
  readonly department: string;
  /** The briefing for the person who takes the call. */
  readonly summary: string;
}

/** The part outside the conversation that asked for a transfer. */
type TransferOrigin = 'operator' | 'fallback';

interface PendingRequest {
  readonly department: Department;
  readonly summary: string;
  readonly by: TransferOrigin | undefined;
  readonly timer: Timer;
}

/** The caller is put through after this long even if the announcement was never heard to its end. */
const LONGEST_ANNOUNCEMENT_MS = 20_000;
/** Time limit for storing the request; the carrier asks for it as soon as the stream is closed. */
const STORE_MS = 1_000;
const MAX_SUMMARY_LENGTH = 1_000;

const WITHDRAWN =
  'The caller went on talking before they were put through, so they are still with you. Answer them, ' +
  'and call transfer_call again only if they still want it.';

/**
 * Puts the caller through to a department of the agent's directory, never to a dictated number: announces it,
 * waits until that was heard, stores the request and lets go of the call. The carrier dials by the stored
 * request only.
 */
export class Transfer {
  private pending: PendingRequest | null = null;
  private isStoring = false;

  constructor(
    private readonly context: CallContext,
    private readonly agent: Pick<AgentState, 'texts'>,
  ) {}

  get isPending(): boolean {
    return this.pending !== null;
  }

  /** Returns for the model what follows, or why it was refused. */
  begin(request: TransferRequest, by?: TransferOrigin): ToolOutcome {
    if (this.pending)
      return {
        status: 'refused',
        reason: 'already-under-way',
        detail: 'The caller is being put through already. Say nothing more.',
      };
    const { call, clock } = this.context;
    const department = chooseDepartment(call.agent, request.department, new Date(clock.wallTime()));
    if ('status' in department) return department;
    const timer = clock.after(LONGEST_ANNOUNCEMENT_MS, () => void this.store());
    this.pending = { department, summary: request.summary.slice(0, MAX_SUMMARY_LENGTH), by, timer };
    // Without a model there is no voice to announce it.
    if (by !== 'fallback')
      this.context.signal({ kind: 'transfer-announced', text: this.agent.texts.transferring });
    else void this.store();
    return {
      status: 'ok',
      value: {
        department: department.name,
        next: 'The caller is told so and put through now. Say nothing more.',
      },
    };
  }

  /** The floor is quiet: the announcement has been heard. */
  quiet(): void {
    void this.store();
  }

  /** The caller goes on talking after the announcement, so the transfer is withdrawn. */
  talkedOver(): void {
    if (!this.pending || this.isStoring) return;
    this.stop();
    this.context.signal({ kind: 'transfer-withdrawn', note: WITHDRAWN });
  }

  /** The model is gone. Returns whether the caller is put through all the same. */
  modelGone(): boolean {
    if (!this.pending) return false;
    void this.store();
    return true;
  }

  stop(): void {
    this.pending?.timer.cancel();
    this.pending = null;
  }

  private async store(): Promise<void> {
    const { pending } = this;
    if (!pending || this.isStoring) return;
    this.isStoring = true;
    pending.timer.cancel();
    const { log, atMs, signal } = this.context;
    const { department, summary, by } = pending;
    const { key, mode } = department;
    log.append({
      type: 'transfer.asked',
      data: { department: key, mode, summary, ...(by && { by }), atMs: atMs() },
    });
    const outcome = await log.flush(STORE_MS);
    this.isStoring = false;
    if (this.pending !== pending) return; // The call has ended meanwhile.
    if (outcome === 'stored') return signal({ kind: 'transfer-stored' });
    this.stop();
    log.append({ type: 'transfer.ended', data: { department: key, outcome: 'failed', atMs: atMs() } });
    signal({ kind: 'transfer-failed', text: this.agent.texts.transferFailed });
  }
}
