import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { RealtimeScene } from '../testing/realtime-scene.ts';

const tools = [
  defineTool({
    name: 'end_call',
    description: '',
    place: 'call',
    arguments: z.object({}),
    cancellable: false,
    deadlineMs: 5_000,
  }),
];

describe('a transcription that fails', () => {
  it.each([true, false])(
    'loses no turn (reported: %s): each is on record, in a new session’s history, and no silence',
    async (isTold) => {
      const call = new RealtimeScene({ tools, agent: { idle: { afterMs: 10_000, maxPrompts: 2 } } });
      await call.greeted();
      for (let turn = 0; turn < 3; turn += 1) {
        const item = await call.callerSpeech(1_000);
        if (isTold) call.wordsFail(item, 'model_not_found');
        call.server.answers('I see.', 1_000);
        await call.passes(4_000);
      }
      const id = call.server.begins();
      call.server.speaks(id, 'Goodbye.', 500);
      call.server.callsTool(id, 'end_call', '{}');
      call.server.ends(id, 'completed');
      await call.passes(3_000);
      expect(call.termination).toEqual({ class: 'completed', reason: 'agent-goodbye' });
      expect(call.log.transcript().filter((said) => said.startsWith('caller'))).toEqual([
        'caller: ',
        'caller: ',
        'caller: ',
      ]);
      expect(call.log.of('transcription.failed')).toEqual(
        isTold ? [expect.objectContaining({ provider: 'openai-realtime', code: 'model_not_found' })] : [],
      );
      expect(call.log.of('idle.prompted')).toEqual([]);
    },
  );

  it('keeps the words that came before it failed', async () => {
    const call = new RealtimeScene();
    await call.greeted();
    const item = await call.callerSpeech(1_000);
    call.server.says({
      type: 'conversation.item.input_audio_transcription.delta',
      item_id: item,
      delta: 'I need a',
    });
    call.wordsFail(item);
    expect(call.log.transcript().at(-1)).toBe('caller: I need a');
  });
});
