import type { AdmissionRecord, OwnedCall, OwnershipStatus, RedisCallLog } from '@tandem/call-state';
import type { CallSession } from '@tandem/conversation';
import type { MediaPath } from '../media/media-path.ts';

/** A call this process holds, with what it takes to keep or to give up its ownership. */
export class ActiveCall {
  constructor(
    readonly record: AdmissionRecord,
    readonly epoch: number,
    readonly session: CallSession,
    readonly log: RedisCallLog,
    private readonly path: Pick<MediaPath, 'mute'>,
  ) {}

  get ownership(): OwnedCall {
    return { callId: this.record.callId, epoch: this.epoch, isHeld: true };
  }

  /** Applies what Redis has of the call: confirms the log, restores it, or gives the call up. */
  onOwnershipStatus(status: OwnershipStatus): void {
    if (status.kind === 'stored') this.log.confirm(status.lastSeq);
    else if (status.kind === 'unknown') this.log.restoreLost();
    else if (status.kind === 'superseded') this.relinquish();
  }

  /** Another relay owns the call: stops the stream at once and leaves the session. */
  relinquish(): void {
    this.path.mute();
    this.session.leave('taken-over');
  }
}
