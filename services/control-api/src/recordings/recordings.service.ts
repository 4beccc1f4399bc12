import { Inject, Injectable, Logger } from '@nestjs/common';
import { DependencyUnavailable, type CallId, type TenantId } from '@tandem/contracts';
import {
  RecordingRepository,
  type RecordingAccess,
  type RecordingAction,
  type RecordingPeaks,
} from '@tandem/database';
import { Problem, type Principal } from '@tandem/platform';
import {
  openRecording,
  peaksOf,
  RecordingDamaged,
  recordingName,
  RecordingMissing,
  type PlayableRecording,
  type Vault,
  type IntegrityReport,
} from '@tandem/recordings';

/** Injection token: the store of recordings with its keys; null when this deployment keeps none. */
export const VAULT = Symbol('VAULT');

/** The recordings of a tenant. Each access is stored before anything of a recording is returned. */
@Injectable()
export class RecordingArchive {
  private readonly logger = new Logger(RecordingArchive.name);

  constructor(
    private readonly repository: RecordingRepository,
    @Inject(VAULT) private readonly vault: Vault | null,
  ) {}

  /** @throws Problem 404, 410, 422; DependencyUnavailable when the store or the keys do not answer */
  async open(
    principal: Principal,
    callId: CallId,
    recordingId: string,
    action: 'played' | 'verified',
  ): Promise<PlayableRecording> {
    const { store, keys } = await this.vaultOf(principal.tenantId, callId, recordingId);
    const recording = await this.fromVault(openRecording(store, keys, principal.tenantId, recordingId));
    await this.note(principal, recordingId, action);
    return recording;
  }

  /** @throws Problem 404, 410, 422; DependencyUnavailable */
  async verify(principal: Principal, callId: CallId, recordingId: string): Promise<IntegrityReport> {
    try {
      return await this.fromVault((await this.open(principal, callId, recordingId, 'verified')).verify());
    } catch (error) {
      if (error instanceof Problem && error.code === 'recording-damaged')
        return { isIntact: false, fault: 'head', soundMs: 0 };
      throw error;
    }
  }

  /**
   * Returns how loud both channels are. They are made from the sound at the first request, and kept: nothing
   * of what was said can be heard in them, so this is no access.
   * @throws Problem 404, 409, 410, 422; DependencyUnavailable
   */
  async peaks({ tenantId }: Principal, recordingId: string): Promise<RecordingPeaks> {
    const found = await this.repository.callOf(tenantId, recordingId);
    if (!found) throw notFound();
    const kept = await this.repository.peaks(tenantId, recordingId);
    if (kept) return kept;
    const { callId, isOver } = found;
    const { store, keys } = await this.vaultOf(tenantId, callId, recordingId);
    const recording = await this.fromVault(openRecording(store, keys, tenantId, recordingId));
    const peaks = await this.fromVault(peaksOf(recording));
    if (isOver) await this.repository.storePeaks(tenantId, callId, recordingId, peaks);
    return peaks;
  }

  /** Does nothing when it is deleted already. @throws Problem 404; DependencyUnavailable */
  async delete(principal: Principal, callId: CallId, recordingId: string): Promise<void> {
    const { store } = await this.vaultOf(principal.tenantId, callId, recordingId);
    await this.note(principal, recordingId, 'deleted');
    await this.repository.deletePeaks(principal.tenantId, recordingId);
    await this.fromVault(store.delete(recordingName(principal.tenantId, recordingId)));
  }

  /** @throws Problem 404 */
  async accesses(principal: Principal, callId: CallId, recordingId: string): Promise<RecordingAccess[]> {
    await this.find(principal.tenantId, callId, recordingId);
    return this.repository.accesses(principal.tenantId, recordingId);
  }

  private async vaultOf(tenantId: TenantId, callId: CallId, recordingId: string): Promise<Vault> {
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
    if (await this.repository.find(tenantId, callId, recordingId)) return;
    throw notFound();
  }

  private note(principal: Principal, recordingId: string, action: RecordingAction): Promise<void> {
    return this.repository.recordAccess(principal.tenantId, recordingId, action, principal);
  }

  private async fromVault<Value>(answer: Promise<Value>): Promise<Value> {
    try {
      return await answer;
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
      this.logger.error({ err: error }, 'recording unavailable: store or key service failed');
      throw new DependencyUnavailable(
        'recordings',
        error instanceof Error ? error.name : 'unrepository',
        'The store of recordings, or the keeper of its keys, does not answer.',
      );
    }
  }
}

const notFound = (): Problem =>
  new Problem(
    404,
    'recording-not-found',
    'No such recording',
    'This call has no recording of this id. GET the call for those it has; they appear once it has ended.',
  );
