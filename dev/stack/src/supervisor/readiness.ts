import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;
const ANSWER_LIMIT_MS = 2_000;
const SHOWN_CHARACTERS = 500;

export interface Watched {
  readonly isRunning: boolean;
  /** Port of its management server; null before it has announced it. */
  readonly managementPort: number | null;
}

/** Null when ready; else why not: it ended, never announced a port, or what /readyz last said. */
export async function waitUntilReady(
  watched: Watched,
  path: string,
  limitMs: number,
): Promise<string | null> {
  const until = Date.now() + limitMs;
  let lastAnswer = '';
  while (watched.isRunning && Date.now() < until) {
    if (watched.managementPort !== null) {
      const answer = await ask(`http://127.0.0.1:${watched.managementPort}${path}`);
      if (answer === null) return null;
      lastAnswer = answer;
    }
    await sleep(POLL_MS);
  }
  if (!watched.isRunning) return 'it ended while it started';
  if (watched.managementPort === null) return `it announced no port within ${limitMs / 1000} s`;
  return `${path} did not turn ready within ${limitMs / 1000} s; it last said: ${lastAnswer}`;
}

/** Null when the answer is 200. */
async function ask(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const text = await response.text();
    return response.status === 200 ? null : `${response.status} ${text.slice(0, SHOWN_CHARACTERS)}`;
  } catch (error) {
    return error instanceof Error
      ? `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`
      : String(error);
  }
}
