import { clockTime, isDepartmentOpen, type Department, type ToolOutcome } from '@tandem/contracts';
import type { Timer } from '../../ports/clock.ts';
import type { AgentState } from '../agent/agent-state.ts';
import type { CallContext } from '../call-context.ts';

export interface TransferRequest {
  /** Key of the directory. */
  readonly department: string;
  /** What the person who takes the call is told. */
  readonly summary: string;
}

interface Pending {
  readonly department: Department;
  readonly summary: string;
  readonly timer: Timer;
}

/** The caller is put through after this long even if the announcement was never heard to its end. */
const LONGEST_ANNOUNCEMENT_MS = 20_000;
/** How long the wish may take to be on record; the carrier asks for it as soon as the stream is closed. */
const STORE_MS = 1_000;
const MAX_SUMMARY_LENGTH = 1_000;

const WITHDRAWN =
  'The caller went on talking before they were put through, so they are still with you. Answer them, ' +
  'and call transfer_call again only if they still want it.';

/**
 * Puts the caller through to a department of the directory, and to nobody else: says so, waits until it was
 * heard, puts the wish on record and lets go of the call. What the carrier finds on record is all it dials
 * by.
 */
export class Transfer {
  private pending: Pending | null = null;
  private isLeaving = false;

  constructor(
    private readonly context: CallContext,
    private readonly agent: Pick<AgentState, 'texts'>,
  ) {}

  get isPending(): boolean {
    return this.pending !== null;
  }

  /** Answers for the model what follows, or why not. Without words when nobody is there to say them. */
  begin(wish: TransferRequest, isAnnounced = true): ToolOutcome {
    if (this.pending)
      return {
        status: 'refused',
        reason: 'already-under-way',
        detail: 'The caller is being put through already. Say nothing more.',
      };
    const department = this.departmentFor(wish.department);
    if ('status' in department) return department;
    const timer = this.context.clock.after(LONGEST_ANNOUNCEMENT_MS, () => void this.go());
    this.pending = { department, summary: wish.summary.slice(0, MAX_SUMMARY_LENGTH), timer };
    if (isAnnounced) this.context.signal({ kind: 'transfer-announced', text: this.agent.texts.transferring });
    else void this.go();
    return {
      status: 'ok',
      value: {
        department: department.name,
        next: 'The caller is told so and put through now. Say nothing more.',
      },
    };
  }

  /** Nobody speaks and nobody is about to: the announcement has been heard. */
  quiet(): void {
    void this.go();
  }

  /**
   * The caller speaks though the announcement is over. Nobody is put through against what they are saying.
   */
  talkedOver(): void {
    if (!this.pending || this.isLeaving) return;
    this.stop();
    this.context.signal({ kind: 'transfer-withdrawn', note: WITHDRAWN });
  }

  /** The model is gone. Answers whether the caller is put through all the same. */
  modelGone(): boolean {
    if (!this.pending) return false;
    void this.go();
    return true;
  }

  stop(): void {
    this.pending?.timer.cancel();
    this.pending = null;
  }

  private async go(): Promise<void> {
    const { pending } = this;
    if (!pending || this.isLeaving) return;
    this.isLeaving = true;
    pending.timer.cancel();
    const { log, atMs, signal } = this.context;
    const { key, mode } = pending.department;
    log.append({
      type: 'transfer.asked',
      data: { department: key, mode, summary: pending.summary, atMs: atMs() },
    });
    const outcome = await log.flush(STORE_MS);
    this.isLeaving = false;
    if (this.pending !== pending) return; // The call has ended meanwhile.
    if (outcome === 'stored') return signal({ kind: 'transfer-stored' });
    this.stop();
    log.append({ type: 'transfer.ended', data: { department: key, outcome: 'failed', atMs: atMs() } });
    signal({ kind: 'transfer-failed', text: this.agent.texts.transferFailed });
  }

  private departmentFor(key: string): Department | Extract<ToolOutcome, { status: 'refused' }> {
    const { directory } = this.context.call.agent;
    const found = directory.find((department) => department.key === key);
    const others = directory
      .filter((department) => department.key !== key && this.isOpen(department))
      .map((department) => department.key);
    const instead =
      others.length > 0
        ? `Open now: ${others.join(', ')}.`
        : 'No other department can be reached now; offer another way.';
    if (!found)
      return {
        status: 'refused',
        reason: 'unknown-department',
        detail: `There is no such department, and numbers cannot be dialled. ${instead}`,
      };
    if (this.isOpen(found)) return found;
    return {
      status: 'refused',
      reason: 'department-closed',
      detail: `${found.name} is closed now. Its hours: ${spokenHours(found.hours)}. ${instead}`,
    };
  }

  private isOpen(department: Department): boolean {
    return isDepartmentOpen(
      department,
      this.context.call.agent.timeZone,
      new Date(this.context.clock.wallTime()),
    );
  }
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function spokenHours(hours: Department['hours']): string {
  return hours
    .map(
      ({ weekday, opensMinute, closesMinute }) =>
        `${WEEKDAYS[weekday - 1]} ${clockTime(opensMinute)} to ${clockTime(closesMinute)}`,
    )
    .join(', ');
}
