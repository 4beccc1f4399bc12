import type { FromProcessor } from '../worklet/processor-messages.ts';
import type { MicrophoneFault } from './microphone-fault.ts';

export interface PhoneAudioEvents {
  readonly onProcessor: (message: FromProcessor) => void;
  /** Audio started or stopped being played, the microphone went away, or devices came and went. */
  readonly onChanged: () => void;
}

/** The microphone and the loudspeaker of a {@link Softphone}, with the processor between. */
export interface PhoneAudio {
  /** Why there is no microphone; null while there is one, or before it was asked for. */
  readonly fault: MicrophoneFault | null;
  /** Resolves when {@link begin} may be called; rejects where the browser cannot start its audio. */
  readonly loaded: Promise<void>;
  /** Whether what is queued is heard. */
  readonly isAudible: boolean;
  /** Asks for a microphone. Sets {@link fault}. */
  openMicrophone(deviceId?: string): Promise<void>;
  /** Plays on another device from now on. Rejects when it is gone. */
  chooseOutput(deviceId: string): Promise<void>;
  /** Sends silence while muted; the device stays open. */
  setMuted(isMuted: boolean): void;
  /** Starts a stream's audio at the wire's rate; whatever an earlier one left is dropped. */
  begin(wireHz: number): void;
  play(sound: number, samples: Int16Array<ArrayBuffer>): void;
  clear(id: number, fadeMs: number): void;
  close(): Promise<void>;
}
