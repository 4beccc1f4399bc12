import type { PassageKind } from './passages.ts';

export interface WordingRule {
  /** A blank stands for any white space, line breaks too. */
  readonly pattern: RegExp;
  readonly where: readonly PassageKind[];
  /** The better words, as a sentence. */
  readonly instead: string;
}

const EVERYWHERE = ['docstring', 'comment', 'message', 'title', 'page'] as const;

export const WORDING_RULES: readonly WordingRule[] = [
  {
    pattern: /^\s*(?:@returns )?Answers? /,
    where: ['docstring'],
    instead: 'Write "Returns …". Calls, webhooks and people are answered; functions return.',
  },
  {
    pattern: /^\s*Of /,
    where: ['docstring'],
    instead: 'Begin with the noun: "Pre-roll of a quiet line", not "Of a quiet line".',
  },
  {
    pattern: /^\s*(?:It|They|He|She|This|These|Those|What|Who|Whom|Which|That|Nobody|Somebody|So)\b/,
    where: ['docstring'],
    instead: 'Begin with the thing or the verb, not with a pronoun: the reader has not met a noun yet.',
  },
  {
    pattern: /\bso (?:often|many|much)\b(?! (?:as|that)\b)/i,
    where: EVERYWHERE,
    instead: 'Name the quantity: "this many times", "at most n", "this much".',
  },
  {
    pattern: /\bso long\b(?! as\b)/i,
    where: EVERYWHERE,
    instead: 'Name the duration: "for this time", "for as long as …".',
  },
  {
    pattern: /\b(?:is|are|was|were) to (?:be|go|come|end)\b/,
    where: EVERYWHERE,
    instead: 'Say who does it: "must", "will" or "should", with a subject.',
  },
  {
    pattern: /\b(?:has|have|had) to be had\b/,
    where: EVERYWHERE,
    instead: 'Write "is needed", or say who needs it.',
  },
  {
    pattern: /\blet wait\b/,
    where: EVERYWHERE,
    instead: 'Write "put on hold" or "waits".',
  },
  {
    pattern: /\b(?:whoever|whomever|whosever|whosoever)\b/i,
    where: EVERYWHERE,
    instead: 'Name the actor: "a caller who …", "the relay that …", "clients that …".',
  },
  {
    pattern: /\b(?:what|whatever) is owed\b/i,
    where: EVERYWHERE,
    instead: 'Name it: "the pending response".',
  },
  {
    pattern: /\bbe it that\b|\bno matter of course\b|\bwhat (?:became|becomes|came) of\b/i,
    where: EVERYWHERE,
    instead: 'Write plainly: "even if", "not by itself", "the outcome of".',
  },
];
