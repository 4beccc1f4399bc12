import type { TextModel } from './text-model.ts';

const TEXT =
  'This is an automatic demo reply: no language model is set up, so nobody has read your message yet. ' +
  'Please call this number to talk to us.';

/** The stand-in without a key: always the same text, which says that it is a demo. */
export const demoTextModel: TextModel = {
  name: 'demo',
  isDemo: true,
  complete: ({ signal }) => {
    signal?.throwIfAborted();
    return Promise.resolve({ text: TEXT, toolCalls: [], usage: null, finishReason: 'stop' });
  },
};
