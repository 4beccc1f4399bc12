import type { Codec } from '../audiosocket/codecs.ts';

/** The phone that hears the relay. */
export interface Ear {
  /** The payload is valid during the call only. */
  hear(payload: Buffer, codec: Codec): void;
}

/** A channel's connection to a relay, as a phone uses it. */
export interface RelayLeg {
  readonly codec: Codec;
  /** Null while nobody is connected: the audio is lost. */
  ear: Ear | null;
  /** Sends 20 ms of the caller: header of AudioSocket and payload. */
  sendVoice(frame: Buffer): void;
}
