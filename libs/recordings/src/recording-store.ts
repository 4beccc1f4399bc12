/** Writes one recording, in order. */
export interface RecordingSink {
  /** @throws when the store fails; the sink is not used any more then */
  append(bytes: Uint8Array): Promise<void>;
  /** Completes the recording: it becomes readable under its name, durably. */
  finish(): Promise<void>;
  /** Closes the recording unfinished. What was written stays. */
  abandon(): Promise<void>;
}

/** State of a recording in the store. */
export interface StoredRecording {
  readonly bytes: number;
  /** False when its writer stopped before the end. */
  readonly isFinished: boolean;
}

/** Keeps recordings as sealed bytes under a name, in files or objects. Does not know their contents. */
export interface RecordingStore {
  create(name: string): Promise<RecordingSink>;
  /** Returns null when there is no such recording. */
  stat(name: string): Promise<StoredRecording | null>;
  /** Returns the bytes from `from` up to, not including, `to`. */
  read(name: string, from: number, to: number): Promise<Buffer>;
  /** Does nothing when there is no such recording. */
  delete(name: string): Promise<void>;
}

/** A tenant id and a recording id. Any other name could point outside the folder. */
export const NAME = /^[0-9a-f-]{36}\/[0-9a-f-]{36}$/;

/** Returns the name of a recording. @throws TypeError when an id is no UUID */
export function recordingName(tenantId: string, recordingId: string): string {
  const name = `${tenantId}/${recordingId}`;
  if (!NAME.test(name)) throw new TypeError('A recording is named by two UUIDs.');
  return name;
}
