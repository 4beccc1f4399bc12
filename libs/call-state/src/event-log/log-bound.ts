import type { CallEventType } from '@tandem/contracts';

/** How large the log of one call may become. */
export interface LogLimits {
  readonly events: number;
  /** As sealed. */
  readonly bytes: number;
}

/**
 * What may be dropped is taken up to here: six hours of fast talk in events, and far more than people say in
 * bytes.
 */
export const LOG_LIMITS: LogLimits = { events: 40_000, bytes: 8 * 1024 * 1024 };
/** What must not be dropped is taken up to here; the ending in any case. */
export const VITAL_LIMITS: LogLimits = { events: 50_000, bytes: 12 * 1024 * 1024 };

/**
 * Words, figures and faults: without them a record is poorer, and still true of what was done and what it
 * cost.
 */
const DISPENSABLE: ReadonlySet<CallEventType> = new Set<CallEventType>([
  'caller.spoke',
  'agent.spoke',
  'digit.pressed',
  'latency.measured',
  'idle.prompted',
  'model.faulted',
]);

/** Keeps the log of one call within its limits, and counts what does not fit. */
export class LogBound {
  /** Events that did not fit. */
  dropped = 0;
  private events: number;
  private bytes: number;

  /** @param there what earlier owners have written */
  constructor(
    there: LogLimits,
    private readonly limits = LOG_LIMITS,
    private readonly vital = VITAL_LIMITS,
  ) {
    this.events = there.events;
    this.bytes = there.bytes;
  }

  /** Whether there is room for one more event of this type; asked before it is sealed. */
  hasRoomFor(type: CallEventType): boolean {
    if (type === 'call.ended' || type === 'log.cut') return true;
    const { events, bytes } = isDispensable(type) ? this.limits : this.vital;
    return this.events < events && this.bytes < bytes;
  }

  added(bytes: number): void {
    this.events += 1;
    this.bytes += bytes;
  }
}

export function isDispensable(type: CallEventType): boolean {
  return DISPENSABLE.has(type);
}
