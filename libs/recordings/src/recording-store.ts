/** One recording being written. Bytes arrive in order. */
export interface RecordingSink {
  /** @throws when the store cannot take them; nothing more is asked of the sink then */
  append(bytes: Uint8Array): Promise<void>;
  /** All is there: makes the recording readable under its name, durably. */
  finish(): Promise<void>;
  /** Lets go. What was written stays as a recording that was never finished. */
  abandon(): Promise<void>;
}

/** What a store knows of a name. */
export interface StoredRecording {
  readonly bytes: number;
  /** False for one whose writer went away before its end. */
  readonly isFinished: boolean;
}

/**
 * Where recordings are kept, as sealed bytes under a name. Hides files and objects; knows nothing of what is
 * in them.
 */
export interface RecordingStore {
  create(name: string): Promise<RecordingSink>;
  /** Null when there is none. */
  stat(name: string): Promise<StoredRecording | null>;
  /** Bytes from `from` up to, not including, `to`. */
  read(name: string, from: number, to: number): Promise<Buffer>;
  /** Nothing for one that is not there. */
  delete(name: string): Promise<void>;
}

/** Names come from ids of ours; anything else could leave the folder. */
export const NAME = /^[0-9a-f-]{36}\/[0-9a-f-]{36}$/;

/** Under its tenant. @throws TypeError for ids that are none */
export function recordingName(tenantId: string, recordingId: string): string {
  const name = `${tenantId}/${recordingId}`;
  if (!NAME.test(name)) throw new TypeError('A recording is named by two UUIDs.');
  return name;
}
