import { afterEach, describe, expect, it } from '@jest/globals';
import { SessionBench, type BenchOptions } from '../testing/session-bench.ts';
import { asObject } from '../wire/json.ts';

let bench: SessionBench;

function open(options: BenchOptions = {}): SessionBench {
  return (bench = new SessionBench(options));
}

afterEach(() => expect(bench.misfits).toEqual([]));

describe('the idle timeout', () => {
  const IDLE = { type: 'server_vad', idle_timeout_ms: 5000 };

  /** An answer of 1,740 ms of audio (29 characters), generated in 300 + 360 ms. */
  async function answer(): Promise<void> {
    bench.send({ type: 'response.create' });
    while (bench.of('response.done').length === 0) await bench.advance(10);
  }

  it('asks the model when the line stays quiet after the answer was played', async () => {
    open();
    bench.turnDetection(IDLE);
    await answer();
    bench.silence(1800);
    await bench.advance(1740);
    bench.silence(5000);
    await bench.advance(4900);
    expect(bench.of('input_audio_buffer.timeout_triggered')).toEqual([]);
    await bench.advance(100);
    const triggered = bench.last('input_audio_buffer.timeout_triggered');
    expect(triggered).toMatchObject({ audio_start_ms: 1800, audio_end_ms: 6800 });
    const at = bench.sent.indexOf(triggered);
    expect(bench.types(at)).toEqual([
      'input_audio_buffer.timeout_triggered',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'rate_limits.updated',
    ]);
    expect(bench.last('input_audio_buffer.committed')['item_id']).toBe(triggered['item_id']);
  });

  it('does not fire once the caller speaks', async () => {
    open();
    bench.turnDetection(IDLE);
    await answer();
    bench.speak(100);
    await bench.advance(20_000);
    expect(bench.of('input_audio_buffer.timeout_triggered')).toEqual([]);
  });

  it('needs an answer before it, and a session that answers by itself', async () => {
    open();
    bench.turnDetection({ ...IDLE, create_response: false });
    await bench.advance(20_000);
    await answer();
    await bench.advance(20_000);
    expect(bench.of('input_audio_buffer.timeout_triggered')).toEqual([]);
  });

  it('is not armed by an answer outside the conversation or a cancelled one', async () => {
    open();
    bench.turnDetection(IDLE);
    bench.send({ type: 'response.create', response: { conversation: 'none' } });
    bench.send({ type: 'response.create' });
    await bench.advance(350);
    bench.send({ type: 'response.cancel' });
    await bench.advance(20_000);
    expect(bench.of('input_audio_buffer.timeout_triggered')).toEqual([]);
  });

  it('uses up no caller lines', async () => {
    open({ callerLines: ['Hello.'] });
    bench.turnDetection(IDLE);
    bench.update({ audio: { input: { transcription: { model: 'gpt-transcribe' } } } });
    await answer();
    await bench.advance(1740 + 5000 + 400);
    expect(bench.last('conversation.item.input_audio_transcription.completed')['transcript']).toBe('');
    bench.speak(300);
    bench.silence(500);
    await bench.advance(400);
    expect(bench.last('conversation.item.input_audio_transcription.completed')['transcript']).toBe('Hello.');
  });
});

describe('transcription of the caller', () => {
  it('is off until the session asks for it', async () => {
    open({ callerLines: ['Hello.'] });
    bench.speak(300);
    bench.silence(500);
    await bench.advance(5000);
    expect(bench.types().filter((type) => type.includes('transcription.'))).toEqual([]);
  });

  it('comes late, word by word, after the answer has begun', async () => {
    open({ callerLines: ['I need a haircut.'], transcriptionDelayMs: 900 });
    bench.update({ audio: { input: { transcription: { model: 'gpt-live-transcribe' } } } });
    bench.speak(1200);
    bench.silence(500);
    await bench.advance(899);
    expect(bench.of('conversation.item.input_audio_transcription.completed')).toEqual([]);
    expect(bench.of('response.output_audio.delta').length).toBeGreaterThan(0);
    await bench.advance(1);
    expect(
      bench.of('conversation.item.input_audio_transcription.delta').map((event) => event['delta']),
    ).toEqual(['I ', 'need ', 'a ', 'haircut.']);
    expect(bench.last('conversation.item.input_audio_transcription.completed')).toMatchObject({
      item_id: bench.last('input_audio_buffer.committed')['item_id'],
      content_index: 0,
      transcript: 'I need a haircut.',
      usage: { type: 'duration', seconds: 2 },
    });
  });

  it('bills tokens for the models that do', async () => {
    open({ callerLines: ['Hi.'] });
    bench.update({ audio: { input: { transcription: { model: 'gpt-4o-transcribe' } } } });
    bench.speak(500);
    bench.silence(500);
    await bench.advance(400);
    expect(bench.last('conversation.item.input_audio_transcription.completed')['usage']).toEqual({
      type: 'tokens',
      total_tokens: 11,
      input_tokens: 10,
      input_token_details: { text_tokens: 0, audio_tokens: 10 },
      output_tokens: 1,
    });
  });

  it('gives each utterance its line, in order, from any source', async () => {
    open({ callerLines: ['not used'] });
    bench.update({ audio: { input: { transcription: { model: 'whisper-1' } } } });
    bench.session.lines.push('one', 'two');
    for (let turn = 0; turn < 3; turn++) {
      bench.speak(200);
      bench.silence(500);
      await bench.advance(4000);
    }
    const transcripts = bench
      .of('conversation.item.input_audio_transcription.completed')
      .map((event) => event['transcript']);
    expect(transcripts).toEqual(['one', 'two', '']);
    expect(bench.of('conversation.item.input_audio_transcription.delta')).toEqual([]);
    expect(asObject(bench.session.conversation.items[0]?.wire)['content']).toEqual([
      { type: 'input_audio', transcript: 'one' },
    ]);
  });

  it('is not sent for a deleted item', async () => {
    open({ callerLines: ['gone'] });
    bench.update({ audio: { input: { transcription: { model: 'whisper-1' } } } });
    bench.speak(200);
    bench.silence(500);
    bench.send({
      type: 'conversation.item.delete',
      item_id: bench.last('input_audio_buffer.committed')['item_id'],
    });
    await bench.advance(4000);
    expect(bench.of('conversation.item.input_audio_transcription.completed')).toEqual([]);
  });
});

describe('a long session', () => {
  it('forgets its oldest items and utterances, and still counts on', async () => {
    const counts: number[] = [];
    const lines = Array.from({ length: 80 }, (_, index) => `line ${index}`);
    open({
      callerLines: lines,
      keepsAudio: false,
      behaviour: {
        name: 'counting',
        needsAudio: true,
        open: () => ({
          respond: ({ utterances }) => (
            counts.push(utterances.filter((one) => one.audio).length, utterances.length),
            { steps: [{ say: utterances.at(-1)?.text ?? '' }] }
          ),
        }),
      },
    });
    for (let turn = 0; turn < 70; turn++) {
      bench.speak(100);
      bench.silence(500);
      await bench.advance(3000);
    }
    expect(counts.slice(-2)).toEqual([1, 64]);
    expect(bench.last('response.output_audio_transcript.done')['transcript']).toBe('line 69');
    expect(bench.session.conversation.items.every((item) => item.audio === null)).toBe(true);
    for (let item = 0; item < 2000; item++)
      bench.send({
        type: 'conversation.item.create',
        item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
      });
    expect(bench.session.conversation.items).toHaveLength(2000);
  });
});
