import {
  followUpSchema,
  maskJson,
  maskNumbers,
  MAX_FOLLOW_UP_LENGTH,
  type AfterCall,
  type FollowUp,
  type JsonValue,
} from '@tandem/contracts';
import type { AnalysisFindings } from '@tandem/database';
import { z } from 'zod';
import { answerSchema } from './analysis-prompt.ts';

/** Longest extracted data, in characters of JSON: an event carries it. */
const MAX_EXTRACTION = 8_000;

export type Answer = Pick<
  AnalysisFindings,
  'summary' | 'outcome' | 'extractionState' | 'extraction' | 'followUps'
>;

/** Returns the function that checks the model's answer: its value, or its fault in words. */
export function answerCheck(settings: AfterCall): (value: unknown) => { value: Answer } | { fault: string } {
  const schema = z.fromJSONSchema(answerSchema(settings), { defaultTarget: 'draft-7' });
  return (value) => {
    const parsed = schema.safeParse(value);
    if (!parsed.success) return { fault: faultsOf(parsed.error) };
    const answer = parsed.data as GivenAnswer;
    const { extraction = null } = answer;
    if (JSON.stringify(extraction).length > MAX_EXTRACTION)
      return { fault: `extraction: has more than ${MAX_EXTRACTION} characters.` };
    return { value: toAnswer(answer, settings) };
  };
}

/** An answer that keeps to {@link answerSchema}. */
interface GivenAnswer {
  readonly summary?: string;
  readonly outcome?: string;
  readonly extraction?: JsonValue;
  readonly followUps: readonly { readonly what: string; readonly due?: string; readonly who: string }[];
}

/** Cuts what is longer than asked for, and masks long numbers again, since a model may join digits. */
function toAnswer({ summary, outcome, extraction, followUps }: GivenAnswer, settings: AfterCall): Answer {
  return {
    summary: summary === undefined ? null : cutText(maskNumbers(summary), settings.maxSummaryLength),
    outcome: outcome ?? null,
    extractionState: extraction === undefined ? 'not-asked' : 'extracted',
    extraction: extraction === undefined ? null : maskJson(extraction),
    followUps: followUps.flatMap(toFollowUp),
  };
}

function toFollowUp({ what, due, who }: GivenAnswer['followUps'][number]): FollowUp[] {
  const text = cutText(maskNumbers(what), MAX_FOLLOW_UP_LENGTH);
  const read = followUpSchema.safeParse({ what: text, due: due ?? null, who });
  return read.success ? [read.data] : [];
}

function faultsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'answer'}: ${message}.`).join(' ');
}

/** Returns the text on one line or several, ended after a word where it is too long. */
export function cutText(text: string, most: number): string {
  const trimmed = text.trim();
  if (trimmed.length <= most) return trimmed;
  const cut = trimmed.slice(0, most - 1);
  const end = cut.search(/\s\S*$/);
  return `${(end > most / 2 ? cut.slice(0, end) : cut).toWellFormed().trimEnd()}…`;
}
