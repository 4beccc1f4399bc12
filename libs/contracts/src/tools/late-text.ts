import { shortMessage } from '../messages/sms-text.ts';
import { fillJson, type TemplateValues } from './http-template.ts';
import type { JsonValue } from './json-value.ts';
import type { ToolOutcome } from './tool-outcome.ts';

/*
 * Text messages with the outcome of a tool that ended after its caller had hung up. No model writes them.
 */

/** Built-in tools with an outcome worth a message, and the sentence of each. */
const SENTENCE_OF = {
  book_appointment: 'booked',
  move_appointment: 'moved',
  cancel_appointment: 'cancelled',
  schedule_callback: 'callback',
  join_waiting_list: 'waiting',
  create_lead: 'passedOn',
  take_message: 'passedOn',
} as const;

type Sentence = (typeof SENTENCE_OF)[keyof typeof SENTENCE_OF] | 'done' | 'notDone' | 'unknown';

const ENGLISH: Readonly<Record<Sentence, string>> = {
  booked: 'Your appointment is booked: {spoken}. Reference: {reference}.',
  moved: 'Your appointment is moved: {spoken}. Reference: {reference}.',
  cancelled: 'Your appointment is cancelled: {cancelled}. Reference: {reference}.',
  callback: 'We will call you back: {spoken}.',
  waiting: 'You are on the waiting list: {spoken}. We tell you when a time becomes free.',
  passedOn: 'We have passed on what you told us.',
  done: 'What you asked for in your call is done.',
  notDone: 'What you asked for in your call could not be done. Please call us again.',
  unknown: 'We do not know yet whether what you asked for in your call is done. Please call us again.',
};

const WORDS: Readonly<Record<string, Readonly<Record<Sentence, string>>>> = {
  en: ENGLISH,
  de: {
    booked: 'Ihr Termin ist gebucht: {spoken}. Referenz: {reference}.',
    moved: 'Ihr Termin ist verlegt: {spoken}. Referenz: {reference}.',
    cancelled: 'Ihr Termin ist abgesagt: {cancelled}. Referenz: {reference}.',
    callback: 'Wir rufen Sie zurück: {spoken}.',
    waiting: 'Sie stehen auf der Warteliste: {spoken}. Wir melden uns, wenn ein Termin frei wird.',
    passedOn: 'Wir haben Ihr Anliegen weitergegeben.',
    done: 'Ihr Anliegen aus dem Anruf ist erledigt.',
    notDone: 'Ihr Anliegen aus dem Anruf konnte nicht erledigt werden. Bitte rufen Sie noch einmal an.',
    unknown: 'Wir wissen noch nicht, ob Ihr Anliegen erledigt ist. Bitte rufen Sie noch einmal an.',
  },
  es: {
    booked: 'Su cita está reservada: {spoken}. Referencia: {reference}.',
    moved: 'Su cita se ha cambiado: {spoken}. Referencia: {reference}.',
    cancelled: 'Su cita está cancelada: {cancelled}. Referencia: {reference}.',
    callback: 'Le devolveremos la llamada: {spoken}.',
    waiting: 'Está en la lista de espera: {spoken}. Le avisaremos si queda libre una cita.',
    passedOn: 'Hemos transmitido lo que nos dijo.',
    done: 'Lo que pidió en su llamada está hecho.',
    notDone: 'Lo que pidió en su llamada no se pudo hacer. Por favor, llámenos de nuevo.',
    unknown: 'Aún no sabemos si lo que pidió en su llamada está hecho. Por favor, llámenos de nuevo.',
  },
  fr: {
    booked: 'Votre rendez-vous est réservé : {spoken}. Référence : {reference}.',
    moved: 'Votre rendez-vous est déplacé : {spoken}. Référence : {reference}.',
    cancelled: 'Votre rendez-vous est annulé : {cancelled}. Référence : {reference}.',
    callback: 'Nous vous rappellerons : {spoken}.',
    waiting:
      "Vous êtes sur la liste d'attente : {spoken}. Nous vous préviendrons si un rendez-vous se libère.",
    passedOn: 'Nous avons transmis votre demande.',
    done: 'Ce que vous avez demandé lors de votre appel est fait.',
    notDone: "Votre demande n'a pas pu être faite. Merci de nous rappeler.",
    unknown: 'Nous ne savons pas encore si votre demande est faite. Merci de nous rappeler.',
  },
};

export interface LateResult {
  readonly tool: string;
  readonly arguments: JsonValue;
  readonly outcome: ToolOutcome;
  /** BCP 47: what was spoken in the call. */
  readonly language: string;
  readonly companyName: string;
  /** The sentence of a tool that its agent declares; `{name}` stands for a field or an argument. */
  readonly lateText?: string | undefined;
}

/** Whether a built-in tool's outcome is sent to a caller who has hung up. */
export const hasLateText = (tool: string): boolean => Object.hasOwn(SENTENCE_OF, tool);

/** Returns the message about an outcome; null for one there is nothing to say of. */
export function lateText(result: LateResult): string | null {
  const { outcome, language, companyName } = result;
  if (outcome.status === 'cancelled') return null;
  const words = WORDS[language.split('-')[0] ?? ''] ?? ENGLISH;
  const [template, values] = sentenceOf(result, words);
  // A text that is more than one placeholder stays a text.
  const sentence = fillJson(`${companyName}: ${template}`, values);
  return typeof sentence === 'string' ? shortMessage(sentence) : null;
}

/** The sentence about a reference, which not every outcome has. */
const REFERENCE = / \p{Letter}+ ?: \{reference\}\.$/u;

function sentenceOf(
  { tool, arguments: input, outcome, lateText: own }: LateResult,
  words: Readonly<Record<Sentence, string>>,
): [string, TemplateValues] {
  if (outcome.status === 'timed-out') return [words.unknown, {}];
  if (outcome.status !== 'ok') return [words.notDone, {}];
  const known = hasLateText(tool) ? words[SENTENCE_OF[tool as keyof typeof SENTENCE_OF]] : words.done;
  const values = { ...fieldsOf(input), ...fieldsOf(outcome.value) };
  return [own ?? (Object.hasOwn(values, 'reference') ? known : known.replace(REFERENCE, '')), values];
}

const fieldsOf = (value: JsonValue): TemplateValues =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
