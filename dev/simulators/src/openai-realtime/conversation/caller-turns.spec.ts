import { afterEach, describe, expect, it } from '@jest/globals';
import { SessionBench, type BenchOptions } from '../testing/session-bench.ts';
import { at } from '../wire/json.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench.misfits).toEqual([]));

const MANUAL = { audio: { input: { turn_detection: null } } };

describe('manual turns', () => {
  it('make an item of the appended audio, and no response', async () => {
    open();
    bench.update(MANUAL);
    bench.speak(260);
    bench.send({ type: 'input_audio_buffer.commit' });
    await bench.advance(5000);
    expect(bench.types().slice(2)).toEqual([
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
    ]);
    const itemId = bench.last('input_audio_buffer.committed')['item_id'];
    expect(bench.last('conversation.item.done')).toMatchObject({
      previous_item_id: null,
      item: {
        id: itemId,
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_audio', transcript: null }],
      },
    });
  });

  it('detect no speech by themselves, however loud it is', () => {
    open();
    bench.update(MANUAL);
    bench.speak(2000);
    bench.silence(2000);
    expect(bench.types()).toEqual(['session.created', 'session.updated']);
  });

  it.each([
    ['nothing', 0, '0.00'],
    ['99 ms and a bit', 99.5, '99.50'],
  ])('cannot be committed with %s in the buffer', (_, ms, shown) => {
    open();
    bench.update({ audio: { input: { format: { type: 'audio/pcmu' }, turn_detection: null } } });
    bench.append(Buffer.alloc(ms * 8, 0xff));
    bench.send({ type: 'input_audio_buffer.commit', event_id: 'e' });
    expect(bench.lastError).toEqual({
      type: 'invalid_request_error',
      code: 'input_audio_buffer_commit_empty',
      message:
        'Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but ' +
        `buffer only has ${shown}ms of audio.`,
      param: null,
      event_id: 'e',
    });
  });

  it.each([
    ['audio/pcm', 48],
    ['audio/pcmu', 8],
    ['audio/pcma', 8],
  ])('count %s at %i bytes a millisecond', (type, bytesPerMs) => {
    open();
    bench.update({
      audio: {
        input: { format: type === 'audio/pcm' ? { type, rate: 24000 } : { type }, turn_detection: null },
      },
    });
    bench.append(Buffer.alloc(bytesPerMs * 100 - 2));
    bench.send({ type: 'input_audio_buffer.commit' });
    expect(bench.lastError['code']).toBe('input_audio_buffer_commit_empty');
    bench.append(Buffer.alloc(2));
    bench.send({ type: 'input_audio_buffer.commit' });
    expect(bench.of('input_audio_buffer.committed')).toHaveLength(1);
  });

  it('drop cleared audio', () => {
    open();
    bench.update(MANUAL);
    bench.speak(500);
    bench.send({ type: 'input_audio_buffer.clear' });
    expect(bench.types().at(-1)).toBe('input_audio_buffer.cleared');
    bench.send({ type: 'input_audio_buffer.commit' });
    expect(bench.lastError['code']).toBe('input_audio_buffer_commit_empty');
  });

  it('give the committed bytes back unchanged', () => {
    open();
    bench.update({ audio: { input: { format: { type: 'audio/pcmu' }, turn_detection: null } } });
    const audio = Buffer.from(Array.from({ length: 1600 }, (_, index) => (index * 7) % 256));
    bench.append(audio.subarray(0, 33));
    bench.append(audio.subarray(33));
    bench.send({ type: 'input_audio_buffer.commit' });
    bench.send({
      type: 'conversation.item.retrieve',
      item_id: bench.last('input_audio_buffer.committed')['item_id'],
    });
    const [part] = at(bench.last('conversation.item.retrieved'), 'item.content') as { audio: string }[];
    expect(Buffer.from(part?.audio ?? '', 'base64')).toEqual(audio);
    expect(bench.session.recording.received).toEqual(audio);
  });

  it.each([
    ['text that is not base64', '@@@@'],
    ['half a sample', Buffer.alloc(3).toString('base64')],
  ])('refuse %s and keep the buffer as it was', (_, audio) => {
    open();
    bench.update(MANUAL);
    bench.send({ type: 'input_audio_buffer.append', audio, event_id: 'e' });
    expect(bench.lastError).toMatchObject({
      code: 'invalid_value',
      param: 'audio',
      event_id: 'e',
      message:
        "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an invalid " +
        'value.',
    });
    expect(bench.session.recording.received).toHaveLength(0);
  });
});

describe('server_vad', () => {
  it('finds a turn, commits it under the id it announced, and answers', async () => {
    open();
    bench.silence(1000);
    bench.speak(400);
    bench.silence(700);
    await bench.advance(0);
    expect(bench.types().slice(1, 8)).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'rate_limits.updated',
    ]);
    const [started, stopped, committed] = ['speech_started', 'speech_stopped', 'committed'].map((name) =>
      bench.last(`input_audio_buffer.${name}`),
    );
    expect(
      new Set([
        started?.['item_id'],
        stopped?.['item_id'],
        committed?.['item_id'],
        at(bench.last('conversation.item.done'), 'item.id'),
      ]).size,
    ).toBe(1);
  });

  it('counts its times in audio written, with the padding before and the silence behind', () => {
    open();
    bench.silence(1000);
    bench.speak(400);
    bench.silence(700);
    expect(bench.last('input_audio_buffer.speech_started')['audio_start_ms']).toBe(700);
    expect(bench.last('input_audio_buffer.speech_stopped')['audio_end_ms']).toBe(1900);
    const [item] = bench.session.conversation.items;
    expect(item?.audioMs).toBeCloseTo(1200);
    expect(item?.audio).toHaveLength(1200 * 48);
  });

  it.each(['audio/pcmu', 'audio/pcma'])('hears %s as well', (type) => {
    open();
    bench.update({ audio: { input: { format: { type } } } });
    bench.silence(500);
    bench.speak(400);
    bench.silence(600);
    expect(bench.last('input_audio_buffer.speech_started')['audio_start_ms']).toBe(200);
    expect(bench.last('input_audio_buffer.speech_stopped')['audio_end_ms']).toBe(1400);
  });

  it('never starts before the session or inside the turn before', () => {
    open();
    bench.speak(200);
    bench.silence(500);
    bench.speak(200);
    const starts = bench.of('input_audio_buffer.speech_started').map((event) => event['audio_start_ms']);
    expect(starts).toEqual([0, 700]);
  });

  it('honours its padding and its silence', () => {
    open();
    bench.turnDetection({ type: 'server_vad', prefix_padding_ms: 100, silence_duration_ms: 200 });
    bench.silence(1000);
    bench.speak(300);
    bench.silence(180);
    expect(bench.of('input_audio_buffer.speech_stopped')).toEqual([]);
    bench.silence(20);
    expect(bench.last('input_audio_buffer.speech_started')['audio_start_ms']).toBe(900);
    expect(bench.last('input_audio_buffer.speech_stopped')['audio_end_ms']).toBe(1500);
  });

  it('ignores a pause shorter than the silence', () => {
    open();
    bench.speak(300);
    bench.silence(480);
    bench.speak(300);
    bench.silence(500);
    expect(bench.of('input_audio_buffer.speech_started')).toHaveLength(1);
    expect(bench.of('input_audio_buffer.speech_stopped')).toHaveLength(1);
  });

  it('needs louder audio at a higher threshold', () => {
    const quiet = Buffer.alloc(48 * 300);
    for (let index = 0; index < quiet.length / 2; index++)
      quiet.writeInt16LE(Math.round(900 * Math.sin(index / 9)), index * 2);
    open();
    bench.turnDetection({ type: 'server_vad', threshold: 0.9 });
    bench.append(quiet);
    expect(bench.of('input_audio_buffer.speech_started')).toEqual([]);
    bench.turnDetection({ type: 'server_vad', threshold: 0.3 });
    bench.append(quiet);
    expect(bench.of('input_audio_buffer.speech_started')).toHaveLength(1);
  });

  it('treats digital silence and a click as silence, even at threshold 0', () => {
    open();
    bench.turnDetection({ type: 'server_vad', threshold: 0 });
    bench.silence(500);
    bench.speak(40);
    bench.silence(500);
    expect(bench.of('input_audio_buffer.speech_started')).toEqual([]);
  });

  it('finds two turns in one append and cuts them apart', () => {
    open({ keepsAudio: true });
    bench.update({
      audio: {
        input: {
          format: { type: 'audio/pcmu' },
          turn_detection: { type: 'server_vad', create_response: false },
        },
      },
    });
    const other = new SessionBench();
    other.update({ audio: { input: { format: { type: 'audio/pcmu' }, turn_detection: null } } });
    for (let turn = 0; turn < 2; turn++) {
      other.speak(300);
      other.silence(600);
    }
    bench.append(other.session.recording.received);
    expect(bench.of('input_audio_buffer.committed')).toHaveLength(2);
    expect(bench.session.conversation.items.map((item) => item.audioMs)).toEqual([800, 900]);
  });

  it('only reports with create_response off', async () => {
    open();
    bench.turnDetection({ type: 'server_vad', create_response: false, interrupt_response: false });
    bench.speak(300);
    bench.silence(600);
    await bench.advance(3000);
    expect(bench.of('input_audio_buffer.committed')).toHaveLength(1);
    expect(bench.of('response.created')).toEqual([]);
  });

  it('stops the running answer at once when the caller speaks', async () => {
    open();
    bench.send({ type: 'response.create' });
    await bench.advance(400);
    const before = bench.sent.length;
    bench.speak(100);
    expect(bench.types(before)).toEqual([
      'input_audio_buffer.speech_started',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
    ]);
    expect(bench.last('response.done')).toMatchObject({
      response: { status: 'cancelled', status_details: { type: 'cancelled', reason: 'turn_detected' } },
    });
    const after = bench.sent.length;
    await bench.advance(5000);
    expect(bench.types(after)).toEqual([]);
  });

  it('lets the answer run with interrupt_response off, and cannot start another one meanwhile', async () => {
    open();
    bench.turnDetection({ type: 'server_vad', interrupt_response: false });
    bench.send({ type: 'response.create' });
    await bench.advance(310);
    bench.speak(300);
    bench.silence(500);
    expect(bench.lastError).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: null,
    });
    await bench.advance(5000);
    expect(bench.of('response.done')).toHaveLength(1);
    expect(bench.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });

  it('leaves answers outside the conversation alone', async () => {
    open();
    bench.send({ type: 'response.create', response: { conversation: 'none' } });
    await bench.advance(400);
    bench.speak(300);
    await bench.advance(5000);
    expect(bench.last('response.done')).toMatchObject({ response: { status: 'completed' } });
  });

  it('keeps a turn in progress when an update keeps the kind of detection', () => {
    open();
    bench.speak(300);
    const announced = bench.last('input_audio_buffer.speech_started')['item_id'];
    bench.update({ instructions: 'new' });
    bench.turnDetection({ type: 'server_vad', silence_duration_ms: 700 });
    bench.silence(680);
    expect(bench.of('input_audio_buffer.committed')).toEqual([]);
    bench.silence(20);
    expect(bench.last('input_audio_buffer.committed')['item_id']).toBe(announced);
  });

  it('commits on demand under the announced id, and ends the turn with it', () => {
    open();
    bench.speak(300);
    bench.send({ type: 'input_audio_buffer.commit' });
    expect(bench.last('input_audio_buffer.committed')['item_id']).toBe(
      bench.last('input_audio_buffer.speech_started')['item_id'],
    );
    bench.silence(1000);
    expect(bench.of('input_audio_buffer.speech_stopped')).toEqual([]);
  });
});

describe('semantic_vad', () => {
  it.each([
    ['low', 'What about Friday?', 1200],
    ['medium', 'What about Friday?', 600],
    ['high', 'What about Friday?', 300],
    ['auto', 'What about Friday?', 600],
    ['low', 'What about', 8000],
    ['auto', 'What about', 4000],
    ['high', 'What about', 2000],
    ['auto', '', 600],
  ])('with eagerness %s ends %j after %i ms', (eagerness, line, waitMs) => {
    open({ callerLines: [line] });
    bench.turnDetection({ type: 'semantic_vad', eagerness });
    bench.speak(400);
    bench.silence(waitMs - 20);
    expect(bench.of('input_audio_buffer.speech_stopped')).toEqual([]);
    bench.silence(20);
    expect(bench.last('input_audio_buffer.speech_stopped')['audio_end_ms']).toBe(400 + waitMs);
  });
});
