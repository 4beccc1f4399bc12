/** How a `<Dial>` went, in the words of its action. */
export interface DialResult {
  readonly status: 'completed' | 'answered' | 'busy' | 'no-answer' | 'failed' | 'canceled';
  readonly callSid: string | null;
  /** Real time talked, in ms; null when nobody was connected. */
  readonly talkedMs: number | null;
}

/** Filled while the dialling goes on, so that an interruption knows how far it came. */
export interface DialProgress {
  callSid: string | null;
  /** The clock's `now` at the bridge. */
  bridgedAtMs: number | null;
}
