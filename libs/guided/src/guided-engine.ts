import { PCMU_8K } from '@tandem/contracts';
import type {
  Clock,
  ModelSessionListener,
  ModelSessionSetup,
  VoiceModel,
  VoiceModelCapabilities,
  VoiceModelSession,
} from '@tandem/conversation';
import { DateTime } from 'luxon';
import { bookingDialogue } from './dialogue/booking/booking-dialogue.ts';
import { startDialogue, type DialogueContext, type ToolRole } from './dialogue/dialogue.ts';
import { scriptDialogue } from './dialogue/script-dialogue.ts';
import { GuidedSession } from './guided-session.ts';
import type { Recogniser } from './hearing/recogniser.ts';
import type { VoiceDetector } from './hearing/voice-detector.ts';
import type { Synthesiser } from './speech/synthesiser.ts';

/** The business the engine speaks for. An agent snapshot is one. */
export interface GuidedBusiness {
  /** IANA name of the zone for days and times. */
  readonly timeZone: string;
  /** As the caller hears it; empty to leave it out. */
  readonly companyName: string;
}

const CAPABILITIES: VoiceModelCapabilities = {
  inputFormats: [PCMU_8K],
  outputFormats: [PCMU_8K],
  maxSessionMs: null,
};

/** Recognition, voice detection and speech, for all sessions. */
export interface GuidedSenses {
  readonly clock: Clock;
  readonly synthesiser: Synthesiser;
  readonly recogniser: Recogniser | null;
  readonly openDetector: () => Promise<VoiceDetector>;
  readonly maxUtteranceMs: number;
}

/** Makes a model of given senses: the whole engine except its programs. */
export function guidedModelOf(senses: GuidedSenses, business: GuidedBusiness): VoiceModel {
  const context = (tools: ReadonlySet<ToolRole>): DialogueContext => {
    const now = DateTime.fromMillis(senses.clock.wallTime(), { zone: business.timeZone });
    return { companyName: business.companyName, now, today: now.startOf('day'), tools };
  };
  const talk = ({ history }: ModelSessionSetup, at: DialogueContext) =>
    senses.recogniser
      ? startDialogue(bookingDialogue, history(), at)
      : startDialogue(scriptDialogue, history(), at);
  return {
    provider: 'guided',
    capabilities: CAPABILITIES,
    open: (setup: ModelSessionSetup, listener: ModelSessionListener): VoiceModelSession =>
      new GuidedSession(setup, listener, { ...senses, context, startDialogue: talk }),
  };
}
