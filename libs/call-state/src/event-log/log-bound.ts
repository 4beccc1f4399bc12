import type { CallEventType } from '@tandem/contracts';

/** How large the log of one call may become. */
export interface LogLimits {
  readonly events: number;
  /** Size as sealed. */
  readonly bytes: number;
}

/**
 * Dispensable events are stored up to here: six hours of fast talk in events, and far more than people say in
 * bytes.
 */
export const LOG_LIMITS: LogLimits = { events: 40_000, bytes: 8 * 1024 * 1024 };
/** Vital events are stored up to here; the ending always. */
export const VITAL_LIMITS: LogLimits = { events: 50_000, bytes: 12 * 1024 * 1024 };

/**
 * Dispensable: without words, figures and faults a record is poorer, and still true of what was done and what
 * it cost.
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

  /** @param there size of what earlier owners have written */
  constructor(
    there: LogLimits,
    private readonly limits = LOG_LIMITS,
    private readonly vital = VITAL_LIMITS,
  ) {
    this.events = there.events;
    this.bytes = there.bytes;
  }

  /** Returns whether there is room for one more event of this type; called before it is sealed. */
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
