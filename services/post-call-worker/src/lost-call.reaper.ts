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
/** A call that waits to be written down makes room for those nobody has closed yet. */
const LOOK_AGAIN_MS = 30_000;

/**
 * Closes what nobody closed: calls whose lease has ended without an ending on record. Runs in every replica;
 * an ending is taken once, so it does not matter who comes first.
 */
@Injectable()
export class LostCallReaper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(LostCallReaper.name);
  private readonly rounds = new RecurringTask(
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
    this.rounds.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.stop();
  }

  private async reap(): Promise<void> {
    for (const callId of await this.store.lostCalls(BATCH)) await this.close(callId);
  }

  private async close(callId: CallId): Promise<void> {
    const standing = await this.store.state(callId);
    if (!standing) return this.store.release(callId);
    if (standing.phase !== 'ended') {
      const reason = lostReason(standing);
      const isOurs = await this.store.end(callId, standing, reason);
      if (isOurs) {
        this.metrics.reaped.inc({ reason });
        this.logger.warn({ callId, relayId: standing.relayId, reason }, 'a call that nobody held was closed');
      }
    }
    await this.postCall.enqueue(callId, standing.tenantId, 'reaped');
    await this.store.defer(callId, LOOK_AGAIN_MS);
  }
}

/** Why a call is over that nobody has ended. */
function lostReason({ phase, isAccepted, hasCallerLeft, isMoved }: CallState): TerminationReason {
  if (phase === 'admitted') return 'never-connected';
  if (phase === 'connected') return isMoved && hasCallerLeft ? 'caller-hangup' : 'relay-lost';
  if (isAccepted) return 'transferred';
  return hasCallerLeft ? 'caller-hangup' : 'stream-lost';
}
