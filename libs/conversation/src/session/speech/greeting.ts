import { textsOf, type GreetingVariable } from '@tandem/contracts';
import type { SpeakRequest } from '../../ports/voice-model.ts';
import type { CallInfo } from '../call-info.ts';

/** The agent's first words on a stream. */
export interface FirstWords {
  /** Fixed words; empty for none. */
  readonly text: string;
  /** The words name the caller. */
  readonly isPersonal: boolean;
  /** Requested of the model afterwards. */
  readonly then: SpeakRequest | null;
}

const GREET: SpeakRequest = {
  kind: 'instruct',
  instruction: 'Greet the caller in one short sentence and ask how you can help.',
};

type Variables = Readonly<Record<string, string>>;
const PERSONAL = /\{\{\s*caller\.(name|first_name)\s*\}\}/;
const VARIABLE = /\{\{\s*([a-z_.]+)\s*\}\}/g;

/** Returns the greeting: the one for known callers if this caller is known, else the general one. */
export function greetingOf(call: CallInfo, wallTime: number): FirstWords {
  const { greeting, greetingKnown } = textsOf(call.agent, call.language);
  const template = call.caller.name && greetingKnown ? greetingKnown : greeting;
  const text = fillIn(template, variablesOf(call, wallTime));
  return {
    text,
    isPersonal: call.caller.name !== null && PERSONAL.test(template),
    then: text ? null : GREET,
  };
}

/**
 * Fills in `{{caller.name}}`, `{{company}}` and the other variables. An unknown or empty one is left out,
 * together with the comma before it.
 */
export function fillIn(template: string, variables: Variables): string {
  const filled = template.replace(VARIABLE, (_whole, name: string) => variables[name] || '\u0000');
  return filled
    .replaceAll(/[,;]?\s*\u0000/g, '')
    .replaceAll(/\s+([.,!?])/g, '$1')
    .replaceAll(/\s{2,}/g, ' ')
    .trim();
}

export function variablesOf(call: CallInfo, wallTime: number): Readonly<Record<GreetingVariable, string>> {
  const { agent, caller, language } = call;
  return {
    company: agent.companyName,
    agent: agent.name,
    'caller.name': caller.name ?? '',
    'caller.first_name': caller.name?.trim().split(/\s+/)[0] ?? '',
    'caller.group': caller.group ?? '',
    time_of_day: timeOfDay(wallTime, agent.timeZone, language),
  };
}

/** Greetings by time of day in the agent's time zone. */
const DAY_PARTS: Readonly<Record<string, readonly [morning: string, afternoon: string, evening: string]>> = {
  en: ['Good morning', 'Good afternoon', 'Good evening'],
  de: ['Guten Morgen', 'Guten Tag', 'Guten Abend'],
  es: ['Buenos días', 'Buenas tardes', 'Buenas noches'],
  fr: ['Bonjour', 'Bonjour', 'Bonsoir'],
};

function timeOfDay(wallTime: number, timeZone: string, language: string): string {
  const hour = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(wallTime),
  );
  const parts = DAY_PARTS[language.split('-')[0]?.toLowerCase() ?? 'en'] ?? DAY_PARTS.en;
  const isNight = hour < 5 || hour >= 18;
  return parts?.[isNight ? 2 : hour < 12 ? 0 : 1] ?? '';
}
