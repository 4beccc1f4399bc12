import { sameFormat } from '@tandem/contracts';
import type { Behaviour, Brain } from './behaviour.ts';

/**
 * Returns a behaviour that repeats the caller's last audio byte for byte. Needs the same format both ways; a
 * session with two formats fails its responses. Without caller audio the response is an empty message.
 */
export function echo(options: { readonly firstByteMs?: number } = {}): Behaviour {
  const brain: Brain = {
    respond: ({ utterances, outputFormat }) => {
      const last = utterances.at(-1);
      if (last && !sameFormat(last.format, outputFormat)) {
        throw new Error(
          'Echo needs the same audio format for input and output: configure both alike in session.update.',
        );
      }
      const audio = last?.audio ?? new Uint8Array(0);
      return {
        steps: [{ say: last?.text ?? '', audio }],
        ...(options.firstByteMs === undefined ? {} : { firstByteMs: options.firstByteMs }),
      };
    },
  };
  return { name: 'echo', needsAudio: true, open: () => brain };
}
