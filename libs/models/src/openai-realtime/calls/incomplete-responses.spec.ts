import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { RealtimeScene } from '../testing/realtime-scene.ts';

const tools = [
  defineTool({
    name: 'find',
    description: '',
    place: 'worker',
    arguments: z.object({}),
    cancellable: false,
    deadlineMs: 5_000,
  }),
  defineTool({
    name: 'end_call',
    description: '',
    place: 'call',
    arguments: z.object({}),
    cancellable: false,
    deadlineMs: 5_000,
  }),
];

/** A caller who has heard one answer and asked again. */
async function asking(): Promise<RealtimeScene> {
  const call = new RealtimeScene({ tools, agent: { idle: { afterMs: 10_000, maxPrompts: 2 } } });
  await call.greeted();
  for (const said of ['I need a plumber.', 'When can you come?']) {
    call.words(await call.callerSpeech(500), said);
    await call.passes(100);
    if (said.startsWith('I')) call.server.answers('Which day?');
    await call.passes(1_200);
  }
  call.server.received.splice(0);
  return call;
}

describe('a response of the Realtime API that ends incomplete', () => {
  it('for its length is continued where it was cut', async () => {
    const call = await asking();
    const id = call.server.begins();
    call.server.speaks(id, 'On Tuesday at nine, or', 1_200, false);
    call.server.ends(id, 'incomplete', 'max_output_tokens');
    await call.passes(1);
    expect(call.server.asked).toEqual(['reply']);
    expect(JSON.stringify(call.server.received)).toContain('Go on exactly there');
    call.server.answers('on Wednesday at ten.');
    await call.passes(2_500);
    expect(call.log.transcript().slice(-2)).toEqual([
      'agent: On Tuesday at nine, or',
      'agent: on Wednesday at ten.',
    ]);
    expect(call.faults).toEqual(['incomplete max_output_tokens']);
  });

  it('by a filter and without a sound is requested once more, then from the next fallback', async () => {
    const call = await asking();
    call.server.ends(call.server.begins(), 'incomplete', 'content_filter');
    await call.passes(1);
    expect(call.server.asked).toEqual(['reply']);
    call.server.ends(call.server.begins(), 'incomplete', 'content_filter');
    await call.passes(1);
    expect(call.second.sessions).toHaveLength(1);
    expect(call.faults).toEqual(['incomplete content_filter', 'incomplete content_filter']);
  });

  it('in a tool call is requested once more, whatever part of the arguments came', async () => {
    for (const told of [null, '', '{"start":"2026-']) {
      const call = await asking();
      const id = call.server.begins();
      const item = { id: 'item_call', type: 'function_call', name: 'end_call', call_id: 'call_x' };
      call.server.says({ type: 'response.output_item.added', response_id: id, item });
      if (told !== null)
        call.server.says({
          type: 'response.function_call_arguments.done',
          response_id: id,
          item_id: item.id,
          call_id: item.call_id,
          arguments: told,
        });
      call.server.says({
        type: 'response.output_item.done',
        response_id: id,
        item: { ...item, status: 'incomplete' },
      });
      call.server.ends(id, 'incomplete', 'max_output_tokens');
      await call.passes(1);
      expect(call.server.asked).toEqual(['reply']);
      expect(call.log.of('tool.called')).toEqual([]);
      expect(call.termination).toBeNull();
    }
  });

  it('does not lose a tool call without arguments that was whole', async () => {
    const call = await asking();
    const id = call.server.begins();
    call.server.callsTool(id, 'find', '');
    call.server.ends(id, 'completed');
    await call.passes(1);
    expect(call.log.of('tool.called')).toMatchObject([{ name: 'find', arguments: {} }]);
  });
});

describe('a response of the Realtime API without a sound', () => {
  it('is requested again at once, whether it has text or not', async () => {
    for (const isWritten of [true, false]) {
      const call = await asking();
      const id = call.server.begins();
      if (isWritten) {
        const item = { id: 'item_text', type: 'message' };
        const place = { response_id: id, item_id: item.id };
        call.server.says({ type: 'response.output_item.added', response_id: id, item });
        call.server.says(
          { type: 'response.output_text.delta', ...place, delta: 'You are booked for nine.' },
          { type: 'response.output_text.done', ...place, text: 'You are booked for nine.' },
        );
        call.server.says({
          type: 'response.output_item.done',
          response_id: id,
          item: { ...item, status: 'completed' },
        });
      }
      call.server.ends(id, 'completed');
      await call.passes(1);
      expect(call.server.asked).toEqual(['reply']);
      call.server.answers('You are booked for nine.');
      await call.passes(1_200);
      expect(call.log.transcript().at(-1)).toBe('agent: You are booked for nine.');
      expect(call.faults).toEqual(['completed no-sound']);
      expect(call.log.of('idle.prompted')).toEqual([]);
    }
  });
});
