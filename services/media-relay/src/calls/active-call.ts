import type { AdmissionRecord, OwnedCall, OwnershipStatus, RedisCallLog } from '@tandem/call-state';
import type { CallSession } from '@tandem/conversation';
import type { FencedSocket } from '../ownership/fenced-socket.ts';

/** A call this process holds: who is talking, and what makes it ours. */
export class ActiveCall {
  constructor(
    readonly record: AdmissionRecord,
    readonly epoch: number,
    readonly session: CallSession,
    readonly log: RedisCallLog,
    private readonly socket: FencedSocket,
  ) {}

  get ownership(): OwnedCall {
    return { callId: this.record.callId, epoch: this.epoch, isHeld: true };
  }

  /** What Redis says of it. */
  onOwnershipStatus(standing: OwnershipStatus): void {
    if (standing.kind === 'stored') this.log.confirm(standing.lastSeq);
    else if (standing.kind === 'unknown') this.log.lost();
    else if (standing.kind === 'superseded') this.relinquish();
  }

  /** Somebody else has the call: not one more frame. */
  relinquish(): void {
    this.socket.mute();
    this.session.leave('taken-over');
  }
}
