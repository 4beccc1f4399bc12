import type { CallId, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { RecordingRecord } from '../../entities/call-record.ts';
import { RecordingAccessRow, RecordingRow } from '../../entities/recording.entities.ts';
import { RecordingPeaksRow } from '../../entities/timeline.entities.ts';
import { run } from '../../connection/unit-of-work.ts';
import { without } from '../../rows/without.ts';
import { toRecording } from './call-from-rows.ts';

export type RecordingAction = 'played' | 'verified' | 'deleted';

/** One access to a recording. */
export interface RecordingAccess {
  readonly action: RecordingAction;
  /** Null for a user, and for one of our services. */
  readonly apiKeyId: string | null;
  readonly userId: string | null;
  readonly at: Date;
}

/** The loudness of both channels: one byte for each 100 ms. */
export interface RecordingPeaks {
  readonly caller: Buffer;
  readonly agent: Buffer;
}

const MAX_ACCESSES = 500;

/** Stored recordings, and who accessed them. */
export class RecordingRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns null when this tenant's call has no such recording. */
  async find(tenantId: TenantId, callId: CallId, id: string): Promise<RecordingRecord | null> {
    const row = await run(this.dataSource, (manager) =>
      manager.findOneBy(RecordingRow, { tenantId, callId, recordingId: id }),
    );
    return row && toRecording(row);
  }

  /** Returns the call of a recording, and whether the recording is over; null when this tenant has none. */
  async callOf(
    tenantId: TenantId,
    id: string,
  ): Promise<{ readonly callId: CallId; readonly isOver: boolean } | null> {
    const row = await run(this.dataSource, (manager) =>
      manager.findOneBy(RecordingRow, { tenantId, recordingId: id }),
    );
    return row && { callId: row.callId, isOver: row.outcome !== 'running' };
  }

  /** Returns the peaks of a recording; null while they are not stored. */
  async peaks(tenantId: TenantId, recordingId: string): Promise<RecordingPeaks | null> {
    const row = await run(this.dataSource, (manager) =>
      manager.findOneBy(RecordingPeaksRow, { tenantId, recordingId }),
    );
    return row && { caller: row.caller, agent: row.agent };
  }

  /** Stores the peaks of a recording, once. */
  async storePeaks(
    tenantId: TenantId,
    callId: CallId,
    recordingId: string,
    { caller, agent }: RecordingPeaks,
  ): Promise<void> {
    await run(this.dataSource, (manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(RecordingPeaksRow)
        .values({ tenantId, callId, recordingId, caller, agent })
        .orIgnore()
        .execute(),
    );
  }

  async deletePeaks(tenantId: TenantId, recordingId: string): Promise<void> {
    await run(this.dataSource, (manager) => manager.delete(RecordingPeaksRow, { tenantId, recordingId }));
  }

  async recordAccess(
    tenantId: TenantId,
    recordingId: string,
    action: RecordingAction,
    by: { readonly apiKeyId: string | null; readonly userId: string | null },
  ): Promise<void> {
    await run(this.dataSource, (manager) =>
      manager.insert(RecordingAccessRow, {
        tenantId,
        recordingId,
        action,
        apiKeyId: by.apiKeyId,
        userId: by.userId,
      }),
    );
  }

  /** Newest first, the last 500. */
  async accesses(tenantId: TenantId, recordingId: string): Promise<RecordingAccess[]> {
    const found = await run(this.dataSource, (manager) =>
      manager.find(RecordingAccessRow, {
        where: { tenantId, recordingId },
        order: { id: 'DESC' },
        take: MAX_ACCESSES,
      }),
    );
    return found.map((row) => without(row, 'id', 'tenantId', 'recordingId'));
  }
}
