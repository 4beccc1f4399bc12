import type { CallEvent, CallId } from '@tandem/contracts';
import { encodeMulaw } from '@tandem/kit';
import {
  PEOPLE,
  runScenario,
  TwilioSimulator,
  type CallEntry,
  type Scenario,
  type ScenarioReport,
  type SpeakLine,
} from '@tandem/simulators';
import { synthesise, type Speech } from '@tandem/stack';
import { NUMBER_SETTINGS } from '../stack/number-settings.ts';
import { LiveTranscript } from './live-transcript.ts';

export interface CallTarget {
  readonly ingressUrl: string;
  readonly redisUrl: string;
  readonly tandemSecret: string;
  /** The carrier account of the calls; null for any. */
  readonly twilioAccountSid: string | null;
  readonly twilioAuthToken: string;
}

export interface PlacedCall {
  readonly report: ScenarioReport;
  /** Null when the call was never admitted. */
  readonly callId: CallId | null;
  readonly events: readonly CallEvent[];
}

/**
 * The caller's voice: the one that comes through a telephone best. Agents use another, so that a recording is
 * easy to follow.
 */
const CALLER_VOICE = 'rms';

/**
 * Rings the stack once through the Twilio simulator, with a caller who speaks. A person who is asked to take
 * the call accepts.
 */
export async function placeCall(
  target: CallTarget,
  options: {
    scenario: Scenario;
    from: string;
    to: string;
    speak: SpeakLine;
    onCarrier?: (entry: CallEntry) => void;
    onEvent?: (event: CallEvent) => void;
  },
): Promise<PlacedCall> {
  const simulator = new TwilioSimulator({
    authToken: target.twilioAuthToken,
    ...(target.twilioAccountSid === null ? {} : { accountSid: target.twilioAccountSid }),
    callees: () => PEOPLE.acceptsByKey(),
  });
  const events: CallEvent[] = [];
  const live = new LiveTranscript(target.redisUrl, target.tandemSecret, (event) => {
    events.push(event);
    options.onEvent?.(event);
  });
  await simulator.start();
  try {
    const report = await runScenario({
      simulator,
      scenario: options.scenario,
      call: {
        from: options.from,
        to: options.to,
        voiceUrl: `${target.ingressUrl}/twilio/voice${NUMBER_SETTINGS}`,
        statusCallback: {
          url: `${target.ingressUrl}/twilio/status${NUMBER_SETTINGS}`,
          events: ['completed'],
        },
      },
      speak: options.speak,
      onProgress: (entry) => {
        if (entry.kind === 'webhook' && entry.purpose === 'voice' && entry.fields.CallSid)
          live.follow(entry.fields.CallSid);
        options.onCarrier?.(entry);
      },
    });
    await live.end(report.call.callSid);
    return { report, callId: live.callId, events };
  } finally {
    await simulator.stop();
  }
}

/** Lines spoken by the synthesiser of the stack. */
export function spokenBy(speech: Speech): SpeakLine {
  return async (text) => encodeMulaw(await synthesise(speech, text, { voice: CALLER_VOICE }));
}
