// Runs outside the relay's event loop: the tables it loads are tens of megabytes, and garbage collection
// around them would delay every call.
import { parentPort } from 'node:worker_threads';
import { eld } from 'eld/small';
import type { DetectionRequest } from './language-detection.ts';

/** A single sentence is weak evidence: a language must lead the agent's other languages by this much. */
const MIN_LEAD = 0.05;

parentPort?.on('message', ({ id, text, candidates }: DetectionRequest) => {
  const scores = eld.detect(text).getScores();
  const [best, second] = candidates
    .map((language) => ({ language, score: scores[language] ?? 0 }))
    .sort((a, b) => b.score - a.score);
  const isClear = best !== undefined && best.score > 0 && best.score - (second?.score ?? 0) >= MIN_LEAD;
  parentPort?.postMessage({ id, language: isClear ? best.language : null });
});
