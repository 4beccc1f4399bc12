/** Secret digits and an operator can each pause the recording. */
export type PauseReason = 'digits' | 'operator';

/**
 * Commands for the recorder of a call; the audio reaches it through the caller stream. No method throws.
 * Nothing is recorded before `start`, nor between `pause` and `resume` (the gap is silence of the same
 * duration). `start` twice, and `pause` before `start`, do nothing.
 */
export interface RecordingControl {
  /** Starts recording: the consent state allows it from now on. */
  start(): void;
  /** Pauses for this reason; without one the caller's consent has ended. */
  pause(by?: PauseReason): void;
  resume(by?: PauseReason): void;
  /**
   * The call is over; resolves when the recording is stored or given up, at the latest after a few seconds.
   */
  finish(): Promise<void>;
}
