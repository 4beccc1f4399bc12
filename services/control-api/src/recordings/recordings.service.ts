import { Inject, Injectable, Logger } from '@nestjs/common';
import { DependencyUnavailable, type CallId, type TenantId } from '@tandem/contracts';
import { RecordingRepository, type RecordingAccess, type RecordingAction } from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import {
  openRecording,
  RecordingDamaged,
  recordingName,
  RecordingMissing,
  type PlayableRecording,
  type Vault,
  type IntegrityReport,
} from '@tandem/recordings';

/** Injection token: where recordings are; null when this deployment keeps none. */
export const VAULT = Symbol('VAULT');

/**
 * A recording of a call, for whoever may have it. Each time is put on record before anything is given out.
 */
@Injectable()
export class RecordingArchive {
  private readonly logger = new Logger(RecordingArchive.name);

  constructor(
    @Inject(RecordingRepository) private readonly known: RecordingRepository,
    @Inject(VAULT) private readonly vault: Vault | null,
  ) {}

  /** @throws Problem 404, 410, 422; DependencyUnavailable when the store or the keys do not answer */
  async open(
    caller: Principal,
    callId: CallId,
    recordingId: string,
    action: 'played' | 'verified',
  ): Promise<PlayableRecording> {
    const { store, keys } = await this.kept(caller.tenantId, callId, recordingId);
    const recording = await this.answered(openRecording(store, keys, caller.tenantId, recordingId));
    await this.note(caller, recordingId, action);
    return recording;
  }

  /** @throws Problem 404, 410, 422; DependencyUnavailable */
  async verify(caller: Principal, callId: CallId, recordingId: string): Promise<IntegrityReport> {
    try {
      return await this.answered((await this.open(caller, callId, recordingId, 'verified')).verify());
    } catch (error) {
      if (error instanceof Problem && error.code === 'recording-damaged')
        return { isIntact: false, fault: 'head', soundBytes: 0 };
      throw error;
    }
  }

  /** Once more does nothing. @throws Problem 404; DependencyUnavailable */
  async delete(caller: Principal, callId: CallId, recordingId: string): Promise<void> {
    const { store } = await this.kept(caller.tenantId, callId, recordingId);
    await this.note(caller, recordingId, 'deleted');
    await this.answered(store.delete(recordingName(caller.tenantId, recordingId)));
  }

  /** @throws Problem 404 */
  async accesses(caller: Principal, callId: CallId, recordingId: string): Promise<RecordingAccess[]> {
    await this.find(caller.tenantId, callId, recordingId);
    return this.known.accesses(caller.tenantId, recordingId);
  }

  private async kept(tenantId: TenantId, callId: CallId, recordingId: string): Promise<Vault> {
    await this.find(tenantId, callId, recordingId);
    if (!this.vault)
      throw new Problem(
        409,
        'recordings-not-configured',
        'Recordings are not configured here',
        'control-api does not know where recordings are. Give it the same RECORDINGS_… settings as the ' +
          'relays.',
      );
    return this.vault;
  }

  private async find(tenantId: TenantId, callId: CallId, recordingId: string): Promise<void> {
    if (await this.known.find(tenantId, callId, recordingId)) return;
    throw new Problem(
      404,
      'recording-not-found',
      'No such recording',
      'This call has no recording of this id. GET the call for those it has; they appear once it has ended.',
    );
  }

  private note(caller: Principal, recordingId: string, action: RecordingAction): Promise<void> {
    return this.known.recordAccess(caller.tenantId, recordingId, action, caller.apiKeyId);
  }

  private async answered<Value>(asked: Promise<Value>): Promise<Value> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof RecordingMissing)
        throw new Problem(
          410,
          'recording-gone',
          'The recording is gone',
          'It was deleted, or never left the relay that made it.',
        );
      if (error instanceof RecordingDamaged)
        throw new Problem(422, 'recording-damaged', 'The recording is damaged', error.message);
      this.logger.error({ err: error }, 'a recording could not be had');
      throw new DependencyUnavailable(
        'recordings',
        error instanceof Error ? error.name : 'unknown',
        'The store of recordings, or the keeper of its keys, does not answer.',
      );
    }
  }
}
