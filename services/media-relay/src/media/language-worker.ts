// Runs beside the relay's event loop: the tables it loads are tens of megabytes, and collecting garbage
// around them would hold up every call for as long.
import { parentPort } from 'node:worker_threads';
import { eld } from 'eld/small';
import type { DetectionRequest } from './language-detection.ts';

/** One sentence of a phone call says little: a language must lead the others of the agent by this much. */
const LEAST_LEAD = 0.05;

parentPort?.on('message', ({ id, text, candidates }: DetectionRequest) => {
  const scores = eld.detect(text).getScores();
  const [best, second] = candidates
    .map((language) => ({ language, score: scores[language] ?? 0 }))
    .sort((a, b) => b.score - a.score);
  const isClear = best !== undefined && best.score > 0 && best.score - (second?.score ?? 0) >= LEAST_LEAD;
  parentPort?.postMessage({ id, language: isClear ? best.language : null });
});
