import type { AgentContent } from './content.ts';
import { INVISIBLE, isVisible } from '../words/text.ts';

/** Variables that greetings may contain, in double braces. */
const GREETING_VARIABLES = [
  'company',
  'agent',
  'caller.name',
  'caller.first_name',
  'caller.group',
  'time_of_day',
] as const;
export type GreetingVariable = (typeof GREETING_VARIABLES)[number];

/** Content that is valid by itself but contradicts itself or cannot work. */
interface ContentProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A shorter silence is a breath: the caller would be asked whether they are there. */
const LEAST_IDLE_MS = 1_000;
const BRACES = /\{\{([^{}]*)\}\}/g;
const GREETINGS: ReadonlySet<string> = new Set(['greeting', 'greetingKnown']);
/** Texts for the model, which may contain braces. */
const UNSPOKEN: ReadonlySet<string> = new Set(['instructions', 'backchannels']);

type Path = ContentProblem['path'];
type Texts = AgentContent['texts'];
/** Behaviour of the agent, or of one of its variants. */
type Behaviour = {
  readonly [Field in 'greeting' | 'notice' | 'texts' | 'idle' | 'toolWait']?: AgentContent[Field] | undefined;
};

/**
 * Returns the problems of content before it is published: contradictions, and unknown variables. Empty for
 * none.
 */
export function contentProblems(content: AgentContent): ContentProblem[] {
  return [
    ...nameProblems(content),
    ...behaviourProblems(content, []),
    ...content.variants.flatMap((variant, index) => behaviourProblems(variant, ['variants', index])),
  ];
}

/** A name is spoken and shown, so it needs a visible character. */
function nameProblems(content: AgentContent): ContentProblem[] {
  const names = ['name', 'companyName', 'experiment'] as const;
  return names
    .filter((name) => !isVisible(content[name]))
    .map((name) => ({ path: [name], message: INVISIBLE }));
}

/** Returns the problem with a greeting's variables; null for none. */
export function greetingProblem(text: string): string | null {
  const unknown = variablesIn(text).filter((name) => !GREETING_VARIABLES.some((known) => known === name));
  return unknown.length > 0
    ? `there is no variable ${unknown.join(', ')}; there are ${GREETING_VARIABLES.join(', ')}`
    : null;
}

function behaviourProblems(given: Behaviour, path: Path): ContentProblem[] {
  const { greeting = '', notice = '', texts = {}, idle, toolWait } = given;
  const problems = [...textProblems({ greeting, notice }, path), ...languageProblems(texts, path)];
  if (idle && idle.afterMs > 0 && idle.afterMs < LEAST_IDLE_MS)
    problems.push({
      path: [...path, 'idle', 'afterMs'],
      message: `must be 0 for never, or ${LEAST_IDLE_MS} or more: a shorter silence is a breath`,
    });
  if (toolWait && toolWait.musicAfterMs === 0 && toolWait.musicFile !== '')
    problems.push({
      path: [...path, 'toolWait', 'musicFile'],
      message: 'is never played: musicAfterMs is 0',
    });
  return problems;
}

function languageProblems(texts: Texts, path: Path): ContentProblem[] {
  return Object.entries(texts).flatMap(([language, own]) => textProblems(own, [...path, 'texts', language]));
}

function textProblems(
  texts: Readonly<Record<string, string | readonly string[] | undefined>>,
  path: Path,
): ContentProblem[] {
  return Object.entries(texts).flatMap(([name, given]) => {
    if (given === undefined || UNSPOKEN.has(name)) return [];
    const said = typeof given === 'string' ? given : given.join(' ');
    const message = GREETINGS.has(name)
      ? greetingProblem(said)
      : variablesIn(said).length > 0
        ? 'may hold no variables: they are filled in in greetings only'
        : null;
    return message === null ? [] : [{ path: [...path, name], message }];
  });
}

function variablesIn(text: string): string[] {
  return [...text.matchAll(BRACES)].map(([, name = '']) => name.trim());
}
