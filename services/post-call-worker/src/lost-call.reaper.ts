import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CallStore, type CallState } from '@tandem/call-state';
import type { CallId, TerminationReason } from '@tandem/contracts';
import { FaultLog, PostCallQueue, RecurringTask } from '@tandem/platform';
import { PostCallMetrics } from './post-call-metrics.ts';

const INTERVAL_MS = 2_000;
const BATCH = 100;
/** How long a closed call is left out of the next batches, so that others get their turn. */
const DEFER_MS = 30_000;

/**
 * Closes lost calls: their relay lease has expired, and no end is stored. It runs in every replica; the store
 * accepts one end per call.
 */
@Injectable()
export class LostCallReaper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LostCallReaper.name);
  private readonly task = new RecurringTask(
    INTERVAL_MS,
    () => this.reap(),
    new FaultLog(this.logger, 'look for lost calls'),
  );

  constructor(
    private readonly store: CallStore,
    private readonly postCall: PostCallQueue,
    private readonly metrics: PostCallMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.task.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.task.stop();
  }

  private async reap(): Promise<void> {
    for (const callId of await this.store.lostCalls(BATCH)) await this.close(callId);
  }

  private async close(callId: CallId): Promise<void> {
    const call = await this.store.state(callId);
    if (!call) return this.store.release(callId);
    if (call.phase !== 'ended') {
      const reason = lostReason(call);
      const isOurs = await this.store.end(callId, call, reason);
      if (isOurs) {
        this.metrics.reaped.inc({ reason });
        this.logger.warn({ callId, relayId: call.relayId, reason }, 'lost call closed');
      }
    }
    await this.postCall.enqueue(callId, call.tenantId, 'reaped');
    await this.store.defer(callId, DEFER_MS);
  }
}

/** Returns the reason a lost call ended. */
function lostReason({
  phase,
  isAccepted,
  hasCallerLeft,
  isHandedOver,
  streamEnd,
}: CallState): TerminationReason {
  if (phase === 'admitted') return 'never-connected';
  // A carrier that closed the stream and did not ask what comes next has no caller any more.
  if (phase === 'connected' && streamEnd === 'closed-by-carrier') return 'caller-hangup';
  const isReleased = isHandedOver || streamEnd !== null;
  if (phase === 'connected') return isReleased && hasCallerLeft ? 'caller-hangup' : 'relay-lost';
  if (isAccepted) return 'transferred';
  return hasCallerLeft ? 'caller-hangup' : 'stream-lost';
}
