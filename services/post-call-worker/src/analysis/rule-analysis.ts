import { baseLanguage, type AfterCall } from '@tandem/contracts';
import type { AnalysisFindings, CallDetail } from '@tandem/database';
import { cutText } from './analysis-answer.ts';

/** `no-model`: none is set up. `nothing-said`: there are no words for a model to read. */
type Cause = 'no-model' | 'nothing-said';

interface Words {
  readonly causes: Readonly<Record<Cause, string>>;
  readonly outcome: string;
  readonly length: string;
  readonly utterances: string;
  readonly tools: string;
}

/** By language (ISO 639). */
const WORDS: Readonly<Record<string, Words>> & { readonly en: Words } = {
  en: {
    causes: {
      'no-model': 'Written by rules, as no language model is set up.',
      'nothing-said': 'Written by rules, as nothing was said.',
    },
    outcome: 'Outcome',
    length: 'Length',
    utterances: 'Utterances of the caller',
    tools: 'Tools',
  },
  de: {
    causes: {
      'no-model': 'Nach Regeln verfasst, da kein Sprachmodell eingerichtet ist.',
      'nothing-said': 'Nach Regeln verfasst, da nichts gesagt wurde.',
    },
    outcome: 'Ergebnis',
    length: 'Dauer',
    utterances: 'Äußerungen des Anrufers',
    tools: 'Werkzeuge',
  },
  es: {
    causes: {
      'no-model': 'Escrito por reglas, porque no hay ningún modelo de lenguaje configurado.',
      'nothing-said': 'Escrito por reglas, porque no se dijo nada.',
    },
    outcome: 'Resultado',
    length: 'Duración',
    utterances: 'Frases de la persona que llamó',
    tools: 'Herramientas',
  },
  fr: {
    causes: {
      'no-model': "Rédigé par des règles, car aucun modèle de langage n'est configuré.",
      'nothing-said': "Rédigé par des règles, car rien n'a été dit.",
    },
    outcome: 'Résultat',
    length: 'Durée',
    utterances: "Phrases de l'appelant",
    tools: 'Outils',
  },
};

/** Most kinds of tool calls that a summary names. */
const MOST_TOOLS = 12;

/** Returns what the facts of a call say without a language model. */
export function analyseByRules(
  settings: AfterCall,
  call: CallDetail,
  language: string,
  cause: Cause,
): AnalysisFindings {
  return {
    source: 'rules',
    model: null,
    summary: settings.summary ? cutText(summaryOf(call, language, cause), settings.maxSummaryLength) : null,
    outcome: call.disposition?.outcome ?? null,
    extractionState: settings.extraction ? 'not-available' : 'not-asked',
    extraction: null,
    followUps: [],
    usage: null,
    costMicros: null,
  };
}

function summaryOf(call: CallDetail, language: string, cause: Cause): string {
  const words = WORDS[baseLanguage(language)] ?? WORDS.en;
  const { disposition, durationMs, utterances } = call;
  const spoken = utterances.filter(({ speaker }) => speaker === 'caller').length;
  const detail = disposition?.detail ? ` (${disposition.detail})` : '';
  const tools = toolsOf(call);
  return [
    words.causes[cause],
    ...(disposition ? [`${words.outcome}: ${disposition.outcome}${detail}.`] : []),
    ...(durationMs === null ? [] : [`${words.length}: ${Math.round(durationMs / 1_000)} s.`]),
    `${words.utterances}: ${spoken}.`,
    ...(tools === '' ? [] : [`${words.tools}: ${tools}.`]),
  ].join(' ');
}

/** Returns the tools that were called, each outcome once with how often it was. */
function toolsOf({ toolCalls }: CallDetail): string {
  const counts = new Map<string, number>();
  for (const { name, outcome } of toolCalls) {
    const kind = `${name} ${outcome?.status ?? 'unknown'}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .slice(0, MOST_TOOLS)
    .map(([kind, count]) => (count > 1 ? `${kind} (${count}×)` : kind))
    .join(', ');
}
