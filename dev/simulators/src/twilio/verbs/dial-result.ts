/** Result of a `<Dial>`, with the words of its action. */
export interface DialResult {
  readonly status: 'completed' | 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled';
  readonly callSid: string | null;
  /** Real time talked, in ms; null when no party was connected. */
  readonly talkedMs: number | null;
}

/** Filled during the dialling, so that an interruption knows how far it got. */
export interface DialProgress {
  callSid: string | null;
  /** The clock's `now` at the bridge. */
  bridgedAtMs: number | null;
}
