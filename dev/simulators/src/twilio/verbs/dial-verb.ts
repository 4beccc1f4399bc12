import type { TwimlElement } from '../twiml/twiml-document.ts';
import { dialParties } from './dial-parties.ts';
import type { DialProgress, DialResult } from './dial-result.ts';
import { dialQueue, joinConference } from './dial-rooms.ts';
import type { Step } from './step.ts';
import { Interrupted, type Verb, type VerbRun } from './verb-run.ts';

const PARTIES: readonly string[] = ['Number', 'Sip', 'Client'];

function actionFields(result: DialResult): Record<string, string> {
  return {
    DialCallStatus: result.status,
    ...(result.callSid !== null && { DialCallSid: result.callSid }),
    ...(result.talkedMs !== null && { DialCallDuration: String(Math.round(result.talkedMs / 1000)) }),
    DialBridged: String(result.talkedMs !== null),
  };
}

function connectOther(element: TwimlElement, run: VerbRun, progress: DialProgress): Promise<DialResult> {
  const noun = element.children.find((child) => child.name === 'Conference' || child.name === 'Queue');
  if (noun?.name === 'Conference') return joinConference(noun, run, progress);
  if (noun?.name === 'Queue') return dialQueue(element, noun, run, progress);
  const nouns = element.children.filter((child) => PARTIES.includes(child.name));
  const bare = element.text === '' ? [] : [{ ...element, name: 'Number', attributes: {}, children: [] }];
  return dialParties(element, [...bare, ...nouns], run, progress);
}

export const dial: Verb = {
  modes: ['call'],
  answers: (element) => element.attributes.answerOnBridge !== 'true',
  async perform(element, run): Promise<Step> {
    const progress: DialProgress = { callSid: null, bridgedAtMs: null };
    try {
      const result = await connectOther(element, run, progress);
      run.call.journal.add({ kind: 'dial-ended', status: result.status, callSid: result.callSid });
      return run.action(element, actionFields(result));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      if (run.call.hasEnded && run.services.behaviour.dialActionAfterHangup) {
        const talkedMs =
          progress.bridgedAtMs === null ? null : run.services.clock.now() - progress.bridgedAtMs;
        run.notify(
          element,
          actionFields({
            status: talkedMs === null ? 'canceled' : 'completed',
            callSid: progress.callSid,
            talkedMs,
          }),
        );
      }
      throw error;
    }
  },
};
