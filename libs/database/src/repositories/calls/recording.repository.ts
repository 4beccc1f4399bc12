import type { CallId, TenantId } from '@tandem/contracts';
import type { DataSource } from 'typeorm';
import type { RecordingRecord } from '../../entities/call-record.ts';
import { RecordingAccessRow, RecordingRow } from '../../entities/recording.entities.ts';
import { run } from '../../connection/unit-of-work.ts';
import { without } from '../../rows/without.ts';
import { toRecording } from './call-from-rows.ts';

export type RecordingAction = 'played' | 'verified' | 'deleted';

/** One access to a recording. */
export interface RecordingAccess {
  readonly action: RecordingAction;
  /** Null for one of our services. */
  readonly apiKeyId: string | null;
  readonly at: Date;
}

const MAX_ACCESSES = 500;

/** Stored recordings, and who accessed them. */
export class RecordingRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Returns null when this tenant's call has no such recording. */
  async find(tenantId: TenantId, callId: CallId, id: string): Promise<RecordingRecord | null> {
    const row = await run(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(RecordingRow, { tenantId, callId, recordingId: id }),
    );
    return row && toRecording(row);
  }

  async recordAccess(
    tenantId: TenantId,
    recordingId: string,
    action: RecordingAction,
    apiKeyId: string | null,
  ): Promise<void> {
    await run(this.dataSource, tenantId, (manager) =>
      manager.insert(RecordingAccessRow, { tenantId, recordingId, action, apiKeyId }),
    );
  }

  /** Newest first, the last 500. */
  async accesses(tenantId: TenantId, recordingId: string): Promise<RecordingAccess[]> {
    const found = await run(this.dataSource, tenantId, (manager) =>
      manager.find(RecordingAccessRow, {
        where: { tenantId, recordingId },
        order: { id: 'DESC' },
        take: MAX_ACCESSES,
      }),
    );
    return found.map((row) => without(row, 'id', 'tenantId', 'recordingId'));
  }
}
