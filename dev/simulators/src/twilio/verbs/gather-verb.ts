import type { TwimlElement } from '../twiml/twiml-document.ts';
import { InputCollector, type GatherInput } from './gather-input.ts';
import { pause, play, say } from './speech-verbs.ts';
import { NEXT, type Step } from './step.ts';
import { Interrupted, type Verb, type VerbRun } from './verb-run.ts';

const PROMPTS: ReadonlyMap<string, Verb> = new Map([
  ['Say', say],
  ['Play', play],
  ['Pause', pause],
]);

async function prompt(element: TwimlElement, run: VerbRun): Promise<void> {
  for (const child of element.children) await PROMPTS.get(child.name)?.perform(child, run);
}

/** Plays the prompt until it is over or the caller makes a sound or presses a key. */
async function promptUntilInput(element: TwimlElement, run: VerbRun, input: InputCollector): Promise<void> {
  const cut = new AbortController();
  void input.started.then(() => cut.abort());
  try {
    await prompt(element, run.under(cut.signal));
  } catch (error) {
    if (!(error instanceof Interrupted) || run.signal.aborted) throw error;
  }
  input.promptOver();
}

function resultFields(input: GatherInput): Record<string, string> {
  if (input.speech !== null) return { SpeechResult: input.speech, Confidence: '0.9', Language: 'en-US' };
  return { Digits: input.digits };
}

export const gather: Verb = {
  modes: ['call', 'whisper', 'queue-wait'],
  answers: () => true,
  async perform(element, run): Promise<Step> {
    const input = new InputCollector(element, run);
    try {
      await promptUntilInput(element, run, input);
      const result = await run.until(input.finished);
      run.call.journal.add({ kind: 'gathered', ...result });
      const isEmpty = result.digits === '' && result.speech === null;
      if (isEmpty && element.attributes.actionOnEmptyResult !== 'true') return NEXT;
      const { action = '', method } = element.attributes;
      return run.fetch('action', action, method, resultFields(result));
    } finally {
      input.close();
    }
  },
};
