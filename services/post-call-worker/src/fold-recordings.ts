import type { RecordingRecord } from '@tandem/database';
import type { EventOf } from './event-of.ts';

/** Returns the recordings; one without an end broke off with its relay. */
export function foldRecordings(
  changed: readonly EventOf<'recording.changed'>[],
  finished: readonly EventOf<'recording.finished'>[],
  isOver: boolean,
): RecordingRecord[] {
  return changed
    .filter(({ data }) => data.state === 'started')
    .map(({ data: { recordingId, atMs } }) => {
      const end = finished.find(({ data }) => data.recordingId === recordingId)?.data;
      return {
        recordingId,
        startedAtMs: atMs,
        durationMs: end?.durationMs ?? null,
        bytes: end?.bytes ?? null,
        outcome: end?.outcome ?? (isOver ? 'failed' : 'running'),
      };
    });
}
