import type { VoiceModelSession } from '../ports/voice-model.ts';

/** The model session of the call, for all its parts; null until it is opened. */
export interface ModelSlot {
  session: VoiceModelSession | null;
}
