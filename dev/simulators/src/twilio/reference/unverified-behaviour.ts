/**
 * Behaviour that Twilio does not document. Each value is a guess that one live check would settle; each can
 * be changed.
 */
export interface UnverifiedBehaviour {
  /**
   * From an abrupt loss of the stream (31903) to the request of the `<Connect>` action, in ms of real time.
   */
  readonly actionDelayAfterLossMs: number;
  /** The `<Connect>` action is requested, its answer ignored, also when the caller hung up. */
  readonly connectActionAfterHangup: boolean;
  /** Whether the `<Dial>` action is requested after the caller hung up. */
  readonly dialActionAfterHangup: boolean;
  /** A failing action, redirect or update goes to the fallback URL like a failing voice webhook does. */
  readonly fallbackForLaterDocuments: boolean;
  /** A message that raises 31924 also ends the stream. Otherwise it is ignored. */
  readonly stopStreamOnInvalidMessage: boolean;
  /** Every WebSocket handshake carries `X-Twilio-Signature`. */
  readonly signsHandshakes: boolean;
  readonly handshakeTimeoutMs: number;
  /** Bytes not yet taken by the server above which Twilio discards caller audio and warns 31930. */
  readonly overflowBytes: number;
  /** `DialCallStatus` when the called party answered, heard the whisper and hung up. */
  readonly whisperDeclinedStatus: 'completed' | 'no-answer';
}

export const DEFAULT_BEHAVIOUR: UnverifiedBehaviour = {
  actionDelayAfterLossMs: 500,
  connectActionAfterHangup: false,
  dialActionAfterHangup: true,
  fallbackForLaterDocuments: true,
  stopStreamOnInvalidMessage: false,
  signsHandshakes: true,
  handshakeTimeoutMs: 5000,
  overflowBytes: 65_536,
  whisperDeclinedStatus: 'completed',
};
