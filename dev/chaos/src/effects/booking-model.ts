import {
  latestToolOutput,
  verbatimRequest,
  type Behaviour,
  type Brain,
  type ResponsePlan,
  type ResponseRequest,
} from '@tandem/simulators';
import { answerTo } from '../history/answer-to.ts';

const WISH = /\bbooks (\S+) (\S+)$/;

/** Returns the words of a caller who wants an appointment. */
export const bookingWords = (number: number, service: string, start: string): string =>
  `call ${number} books ${service} ${start}`;

/** The agent's words about a booking, by the outcome of the tool. */
export const OUTCOME_WORDS = { refused: 'It was refused.', uncertain: 'It is uncertain.' } as const;
const bookedAs = (reference: string): string => `Booked ${reference}.`;
/** Returns whether words of the agent state the outcome of a booking. */
export const statesOutcome = (text: string): boolean =>
  text.startsWith('Booked ') || text === OUTCOME_WORDS.refused || text === OUTCOME_WORDS.uncertain;
const FILLER = 'One moment.';

/**
 * A model that books what the caller names, repeats the outcome word for word, and answers everything else by
 * quoting it.
 */
export const bookingModel: Behaviour = { name: 'booking', needsAudio: true, open: () => new BookingBrain() };

class BookingBrain implements Brain {
  private readonly asked = new Set<string>();

  respond({ ownInstructions, utterances, context, index }: ResponseRequest): ResponsePlan {
    const verbatim = verbatimRequest(ownInstructions);
    if (verbatim !== null) return { steps: [{ say: verbatim }] };
    if (ownInstructions !== null && index > 1) return { steps: [{ say: FILLER }] };
    const output = latestToolOutput(context);
    if (output) return { steps: [{ say: outcomeWords(output.output) }] };
    const words = utterances.at(-1)?.text ?? '';
    const [, service, start] = WISH.exec(words) ?? [];
    if (service === undefined || start === undefined)
      return { steps: [{ say: words ? answerTo(words) : 'Hello.' }] };
    if (this.asked.has(words)) return { steps: [{ say: FILLER }] };
    this.asked.add(words);
    return { steps: [{ call: 'book_appointment', arguments: { service, start } }] };
  }
}

function outcomeWords(output: string): string {
  const { status, result } = JSON.parse(output) as { status?: string; result?: { reference?: string } };
  if (status === 'ok' && result?.reference) return bookedAs(result.reference);
  return status === 'refused' ? OUTCOME_WORDS.refused : OUTCOME_WORDS.uncertain;
}
