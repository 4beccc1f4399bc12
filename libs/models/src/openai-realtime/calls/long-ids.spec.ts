import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { RealtimeScene } from '../testing/realtime-scene.ts';

const tools = [
  defineTool({
    name: 'find',
    description: '',
    place: 'worker',
    arguments: z.object({ what: z.string() }),
    cancellable: false,
    deadlineMs: 5_000,
  }),
];
const longId = (end: string) => `item_${'x'.repeat(200)}${end}`;

describe('a provider with long ids', () => {
  it('has the words of both sides on record', async () => {
    const call = new RealtimeScene({ tools });
    await call.greeted();
    const said = longId('caller');
    call.server.says({ type: 'input_audio_buffer.speech_started', item_id: said });
    await call.callerSounds(500);
    call.server.says(
      { type: 'input_audio_buffer.speech_stopped', item_id: said, audio_end_ms: 0 },
      { type: 'input_audio_buffer.committed', item_id: said },
    );
    call.words(said, 'A plumber please.');
    const id = call.server.begins();
    const item = { id: longId('agent'), type: 'message' };
    const place = { response_id: id, item_id: item.id };
    call.server.says(
      { type: 'response.output_item.added', response_id: id, item },
      { type: 'response.output_audio_transcript.delta', ...place, delta: 'Which day?' },
    );
    call.server.says(
      { type: 'response.output_audio.delta', ...place, delta: Buffer.alloc(4_000, 0x7f).toString('base64') },
      { type: 'response.output_item.done', response_id: id, item },
    );
    call.server.ends(id, 'completed');
    await call.passes(1_000);
    expect(call.log.transcript().slice(-2)).toEqual(['caller: A plumber please.', 'agent: Which day?']);
    expect(call.log.unreadable).toEqual([]);
  });

  it('has two tool calls run and recorded whose ids share their first 80 characters', async () => {
    const call = new RealtimeScene({ tools });
    await call.greeted();
    const ids = [`call_${'x'.repeat(150)}1`, `call_${'x'.repeat(150)}2`];
    const response = call.server.begins();
    for (const id of ids) call.server.callsTool(response, 'find', JSON.stringify({ what: id }), id);
    call.server.ends(response, 'completed');
    await call.passes(100);
    expect(call.log.of('tool.called').map(({ providerCallId }) => providerCallId)).toEqual(ids);
    expect(new Set(call.log.of('tool.called').map(({ toolCallId }) => toolCallId)).size).toBe(2);
    expect(call.toolDispatcher.calls).toHaveLength(2);
    expect(call.log.unreadable).toEqual([]);
  });
});
