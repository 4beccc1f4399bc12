import type { LanguageDetector } from '@tandem/conversation';
import { eld } from 'eld/small';

/** One sentence of a phone call says little: a language must lead the others of the agent by this much. */
const LEAST_LEAD = 0.05;

/** Of the languages the agent speaks, the one this text is in; null when none leads clearly. */
export const detectLanguage: LanguageDetector = (text, candidates) => {
  const scores = eld.detect(text).getScores();
  const [best, second] = candidates.map((language) => ({ language, score: scores[language] ?? 0 })).sort((a, b) => b.score - a.score);
  return best && best.score > 0 && best.score - (second?.score ?? 0) >= LEAST_LEAD ? best.language : null;
};
