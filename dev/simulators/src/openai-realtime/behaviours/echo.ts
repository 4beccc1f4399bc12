import { sameFormat } from '@tandem/contracts';
import type { Behaviour, Brain } from './behaviour.ts';

/**
 * Says back, byte for byte, what the caller said last. Needs the same format both ways; a session with two
 * formats fails its responses. A response nobody spoke before is an empty message.
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
