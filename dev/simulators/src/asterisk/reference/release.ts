/**
 * Behaviour of a release of Asterisk on an AudioSocket. The values of each release: its source
 * (res/res_audiosocket.c, apps/app_audiosocket.c, channels/chan_audiosocket.c) at that tag.
 */
export interface ReleaseBehaviour {
  /** Keys of the caller are sent as frames of type 0x03; older releases drop them. */
  readonly sendsDigits: boolean;
  /** Rates above 8 kHz exist. */
  readonly hasHighRates: boolean;
  /** A frame header whose three bytes do not come in one read is read to its end, not taken for an error. */
  readonly joinsSplitHeaders: boolean;
  /** The application returns 0 when the far side closes between frames; before, the caller was hung up. */
  readonly continuesAfterClose: boolean;
}

/** Releases that differ, newest first. */
export const RELEASES = {
  '22.10': { sendsDigits: true, hasHighRates: true, joinsSplitHeaders: true, continuesAfterClose: true },
  '22.8': { sendsDigits: true, hasHighRates: true, joinsSplitHeaders: false, continuesAfterClose: true },
  '22.6': { sendsDigits: true, hasHighRates: false, joinsSplitHeaders: false, continuesAfterClose: true },
  '22.2': { sendsDigits: false, hasHighRates: false, joinsSplitHeaders: false, continuesAfterClose: false },
} as const satisfies Record<string, ReleaseBehaviour>;

export type Release = keyof typeof RELEASES;
