import { afterEach, describe, expect, it } from '@jest/globals';
import { tone } from '../behaviours/tone.ts';
import { SessionBench, userText, type BenchOptions } from '../testing/session-bench.ts';
import { asObject, type JsonObject } from '../wire/json.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench.misfits).toEqual([]));

/** A response that has spoken, so that the voice is fixed. */
async function speakOnce(): Promise<void> {
  bench.send({ type: 'response.create' });
  await bench.advance(10_000);
  expect(bench.last('response.done')).toMatchObject({ response: { status: 'completed' } });
}
describe('conversation items', () => {
  it('join at the end, at the start, or behind another', () => {
    open();
    const create = (item: JsonObject, after?: string): void =>
      bench.send({
        type: 'conversation.item.create',
        item,
        ...(after === undefined ? {} : { previous_item_id: after }),
      });
    create(userText('b', 'b'));
    create(userText('c', 'c'), 'b');
    create(userText('a', 'a'), 'root');
    create(userText('ab', 'ab'), 'a');
    create(userText('d', 'd'), '');
    expect(bench.itemIds).toEqual(['a', 'ab', 'b', 'c', 'd']);
    expect(bench.of('conversation.item.added').map((event) => event['previous_item_id'])).toEqual([
      null,
      'b',
      null,
      'a',
      'c',
    ]);
    expect(bench.types().slice(1)).toEqual(
      Array.from({ length: 5 }, () => ['conversation.item.added', 'conversation.item.done']).flat(),
    );
    expect(bench.session.seededItems.map((item) => item['id'])).toEqual(['b', 'c', 'a', 'ab', 'd']);
  });

  it('come back as stored, with an id and a status of the server', () => {
    open();
    bench.send({
      type: 'conversation.item.create',
      item: { type: 'function_call', name: 'look_up', arguments: '{}', call_id: 'call_1' },
    });
    const item = asObject(bench.last('conversation.item.done')['item']);
    expect(item).toMatchObject({
      object: 'realtime.item',
      type: 'function_call',
      status: 'completed',
      call_id: 'call_1',
    });
    bench.send({ type: 'conversation.item.retrieve', item_id: item['id'] });
    expect(bench.last('conversation.item.retrieved')['item']).toEqual(item);
  });

  it('take system, user and assistant text and a call with its output', () => {
    open();
    const items = [
      { type: 'message', role: 'system', content: [{ type: 'input_text', text: 's' }] },
      userText('u'),
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
      { type: 'function_call', name: 'f', arguments: '{}', call_id: 'call_9' },
      { type: 'function_call_output', call_id: 'call_9', output: 'done' },
    ];
    for (const item of items) bench.send({ type: 'conversation.item.create', item });
    expect(bench.errors).toEqual([]);
    expect(bench.session.seededItems).toHaveLength(5);
  });

  const REFUSED: [string, JsonObject, string | null, string | null][] = [
    [
      'an unknown predecessor',
      { previous_item_id: 'nope', item: userText('x') },
      'item_create_invalid_previous_item_id',
      'previous_item_id',
    ],
    ['an id that is taken', { item: userText('x', 'taken') }, 'item_create_duplicate_item_id', 'item.id'],
    [
      'an id above 32 characters',
      { item: userText('x', 'x'.repeat(33)) },
      'string_above_max_length',
      'item.id',
    ],
    [
      'a call id above 32 characters',
      { item: { type: 'function_call', name: 'f', arguments: '', call_id: 'x'.repeat(33) } },
      'string_above_max_length',
      'item.call_id',
    ],
    [
      'the output of an unknown call',
      { item: { type: 'function_call_output', call_id: 'call_0', output: 'x' } },
      'invalid_tool_call_id',
      null,
    ],
    [
      'assistant audio',
      { item: { type: 'message', role: 'assistant', content: [{ type: 'output_audio', transcript: 'hi' }] } },
      'missing_required_parameter',
      'item.content[0].text',
    ],
    [
      'user text without text',
      { item: { type: 'message', role: 'user', content: [{ type: 'input_text' }] } },
      'missing_required_parameter',
      'item.content[0].text',
    ],
    [
      'user audio that is not base64',
      { item: { type: 'message', role: 'user', content: [{ type: 'input_audio', audio: '!!' }] } },
      'invalid_value',
      'item.content[0].audio',
    ],
  ];

  it.each(REFUSED)('refuse %s', (_, fields, code, param) => {
    open();
    bench.send({ type: 'conversation.item.create', item: userText('first', 'taken') });
    bench.send({ type: 'conversation.item.create', event_id: 'e', ...fields });
    expect(bench.lastError).toMatchObject({ code, param, event_id: 'e' });
    expect(bench.itemIds).toEqual(['taken']);
  });

  it('can be deleted once, and the chain closes', () => {
    open();
    for (const id of ['a', 'b', 'c'])
      bench.send({ type: 'conversation.item.create', item: userText(id, id) });
    bench.send({ type: 'conversation.item.delete', item_id: 'c' });
    bench.send({ type: 'conversation.item.create', item: userText('d', 'd') });
    expect(bench.last('conversation.item.deleted')).toMatchObject({ item_id: 'c' });
    expect(bench.last('conversation.item.added')).toMatchObject({ previous_item_id: 'b' });
    bench.send({ type: 'conversation.item.delete', item_id: 'c' });
    expect(bench.lastError).toMatchObject({
      code: 'item_delete_invalid_item_id',
      message: "Error deleting item: the item with id 'c' does not exist.",
    });
  });

  it('cannot be retrieved when they are not there', () => {
    open();
    bench.send({ type: 'conversation.item.retrieve', item_id: 'nope' });
    expect(bench.lastError).toMatchObject({
      code: 'item_retrieve_invalid_item_id',
      message: "Error retrieving item: the item with id 'nope' does not exist.",
    });
  });
});

describe('truncation', () => {
  async function spokenItem(): Promise<string> {
    open({ behaviour: tone({ toneMs: 3000 }) });
    await speakOnce();
    return String(asObject(bench.last('response.output_item.done')['item'])['id']);
  }

  const truncate = (itemId: string, audioEndMs: number, contentIndex = 0): void =>
    bench.send({
      type: 'conversation.item.truncate',
      item_id: itemId,
      content_index: contentIndex,
      audio_end_ms: audioEndMs,
    });

  it('cuts an answer to the audio heard and drops its transcript', async () => {
    const id = await spokenItem();
    truncate(id, 1200);
    expect(bench.last('conversation.item.truncated')).toMatchObject({
      item_id: id,
      content_index: 0,
      audio_end_ms: 1200,
    });
    bench.send({ type: 'conversation.item.retrieve', item_id: id });
    expect(bench.last('conversation.item.retrieved')).toMatchObject({
      item: { content: [{ type: 'output_audio', transcript: '' }] },
    });
    truncate(id, 1201);
    expect(bench.lastError['message']).toBe('Audio content of 1200ms is already shorter than 1201ms');
  });

  it('accepts the exact end and refuses one millisecond more', async () => {
    const id = await spokenItem();
    truncate(id, 3001);
    expect(bench.lastError).toMatchObject({
      code: 'invalid_value',
      message: 'Audio content of 3000ms is already shorter than 3001ms',
      param: 'audio_end_ms',
    });
    truncate(id, 3000);
    expect(bench.of('conversation.item.truncated')).toHaveLength(1);
  });

  it('knows only the audio generated so far while an answer is in progress', async () => {
    open({ behaviour: tone({ toneMs: 10_000 }) });
    bench.send({ type: 'response.create' });
    await bench.advance(300 + 40);
    const id = String(asObject(bench.last('response.output_item.added')['item'])['id']);
    truncate(id, 600);
    expect(bench.lastError['message']).toBe('Audio content of 400ms is already shorter than 600ms');
  });

  it('refuses items the model did not speak', async () => {
    await spokenItem();
    bench.send({ type: 'conversation.item.create', item: userText('hi', 'user') });
    bench.send({
      type: 'conversation.item.create',
      item: {
        id: 'assistant',
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'hi' }],
      },
    });
    for (const id of ['user', 'assistant']) {
      truncate(id, 10);
      expect(bench.lastError).toMatchObject({
        code: null,
        param: null,
        message: 'Only model output audio messages can be truncated',
      });
    }
  });

  it('refuses an item that is not there, another part, and a time below zero', async () => {
    const id = await spokenItem();
    truncate('nope', 10);
    expect(bench.lastError).toMatchObject({
      code: 'item_truncate_invalid_item_id',
      message: "Error truncating item: the item with id 'nope' does not exist.",
    });
    truncate(id, 10, 1);
    expect(bench.lastError['message']).toBe('Only model output audio messages can be truncated');
    truncate(id, -1);
    expect(bench.lastError).toMatchObject({ code: 'integer_below_min_value', param: 'audio_end_ms' });
  });
});
