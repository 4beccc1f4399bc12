import type { Termination } from '@tandem/contracts';
import type { CallParts } from './call-parts.ts';

/** Transcripts of the caller's last words are waited for this long after the call ended. */
const LAST_WORDS_MS = 1_500;
/** The ending must be stored before the carrier asks what to do next. */
const ENDING_FLUSH_MS = 1_000;

/**
 * Stops every part, stores what is known, closes the stream and the model; null: the call goes on elsewhere.
 */
export async function closeCall(parts: CallParts, termination: Termination | null): Promise<void> {
  const { context, model, tools, stream, callerTranscript, recording, ending } = parts;
  if (termination) tools.stop();
  else tools.leave();
  const { transfer, digits, turns, agent, idle, duration, mic, wait, secureDigits, playout } = parts;
  for (const part of [transfer, digits, turns, agent, idle, duration, mic]) part.stop();
  wait.ended();
  secureDigits.stop();
  playout.close();
  model.session?.cancelResponse();
  model.session?.finishInput();
  await context.log.flush(ENDING_FLUSH_MS);
  stream.close();
  await callerTranscript.waitForWords(LAST_WORDS_MS);
  model.session?.close();
  await recording.finish();
  await context.log.flush(ENDING_FLUSH_MS);
  ending.markClosed(termination);
}
