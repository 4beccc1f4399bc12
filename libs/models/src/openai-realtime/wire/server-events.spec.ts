import { describe, expect, it } from '@jest/globals';
import { UNKNOWN_USAGE } from '@tandem/contracts';
import { parseOpenAiEvent } from './server-events.ts';

const read = (event: object) => parseOpenAiEvent(JSON.stringify(event));
const done = (usage: unknown) =>
  read({ type: 'response.done', response: { id: 'resp_1', status: 'completed', usage } });
const usageOf = (usage: unknown) => {
  const event = done(usage);
  return typeof event === 'object' && event.type === 'response.done' ? event.response.usage : event;
};
const transcribed = (usage: unknown) =>
  read({
    type: 'conversation.item.input_audio_transcription.completed',
    item_id: 'i',
    transcript: 'Hello',
    usage,
  });

describe('a report of usage', () => {
  it('is read down to its counts; an absent count is 0', () => {
    const input_token_details = {
      text_tokens: 119,
      audio_tokens: 13,
      cached_tokens: 64,
      cached_tokens_details: { text_tokens: 64, audio_tokens: 0 },
    };
    expect(
      usageOf({
        total_tokens: 253,
        input_token_details,
        output_token_details: { text_tokens: 30, audio_tokens: 91 },
      }),
    ).toEqual({
      inputTextTokens: 119,
      inputAudioTokens: 13,
      cachedTextTokens: 64,
      cachedAudioTokens: 0,
      outputTextTokens: 30,
      outputAudioTokens: 91,
      transcriptionMs: 0,
    });
    expect(usageOf({ output_token_details: { audio_tokens: 5 } })).toMatchObject({
      inputTextTokens: 0,
      outputAudioTokens: 5,
    });
    expect(usageOf(null)).toBeNull();
  });

  it.each([9_000_000_000_000_000, 10_000_001, -1, 1.5, '12', 1e300])(
    'of %p tokens is unknown, not nothing',
    (text_tokens) => {
      expect(usageOf({ input_token_details: { text_tokens, audio_tokens: 1 } })).toEqual(UNKNOWN_USAGE);
      expect(usageOf({ output_token_details: { text_tokens } })).toEqual(UNKNOWN_USAGE);
      expect(
        usageOf({ input_token_details: { cached_tokens_details: { audio_tokens: text_tokens } } }),
      ).toEqual(UNKNOWN_USAGE);
      expect(transcribed({ type: 'tokens', output_tokens: text_tokens })).toMatchObject({
        transcript: 'Hello',
        usage: UNKNOWN_USAGE,
      });
    },
  );

  it('of more than a day of audio, or of an unknown kind, is unknown', () => {
    expect(transcribed({ type: 'duration', seconds: 86_401 })).toMatchObject({ usage: UNKNOWN_USAGE });
    expect(transcribed({ type: 'letters', count: 5 })).toMatchObject({ usage: UNKNOWN_USAGE });
    expect(transcribed({ type: 'duration', seconds: 2 })).toMatchObject({
      usage: { transcriptionMs: 2_000 },
    });
  });
});

describe('a provider’s id', () => {
  const events = (id: string) => [
    { type: 'response.output_audio.delta', item_id: id, response_id: id, delta: 'AAAA' },
    { type: 'response.output_audio_transcript.delta', item_id: id, delta: 'Hi' },
    { type: 'conversation.item.input_audio_transcription.completed', item_id: id, transcript: 'Hi' },
    {
      type: 'response.function_call_arguments.done',
      response_id: id,
      item_id: id,
      call_id: id,
      name: 'end_call',
      arguments: '{}',
    },
  ];

  it('is accepted up to the same length in every event', () => {
    expect(events('x'.repeat(256)).map(read)).not.toContain('malformed');
    expect(events('x'.repeat(257)).map(read)).toEqual(Array(4).fill('malformed'));
    expect(events('').map(read)).toEqual(Array(4).fill('malformed'));
  });
});
