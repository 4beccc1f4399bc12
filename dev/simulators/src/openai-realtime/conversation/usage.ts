import type { JsonObject } from '../wire/json.ts';
import type { Item } from './conversation.ts';
import { wordsOf } from './conversation.ts';

/** Tokens of one direction, by modality. */
export interface Tokens {
  readonly text: number;
  readonly audio: number;
}

/** About four characters of English to a token. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Returns one token per 100 ms of the caller's audio (unofficial figure). */
export function inputAudioTokens(ms: number): number {
  return Math.ceil(ms / 100);
}

/** Returns one token per 50 ms of the model's audio (unofficial figure). */
export function outputAudioTokens(ms: number): number {
  return Math.ceil(ms / 50);
}

function itemTokens(item: Item): Tokens {
  if (item.origin === 'caller') return { text: 0, audio: inputAudioTokens(item.audioMs) };
  return { text: textTokens(wordsOf(item)), audio: outputAudioTokens(item.audioMs) };
}

/** Returns the tokens a response reads: its instructions, its tools and every item of its context. */
export function contextTokens(
  instructions: string,
  tools: readonly JsonObject[],
  items: readonly Item[],
): Tokens {
  let text = textTokens(instructions) + (tools.length === 0 ? 0 : textTokens(JSON.stringify(tools)));
  let audio = 0;
  for (const item of items) {
    const tokens = itemTokens(item);
    text += tokens.text;
    audio += tokens.audio;
  }
  return { text, audio };
}

/** Cached prefixes come in blocks of 64 tokens. */
const CACHE_BLOCK = 64;

/**
 * The prompt cache of a session. The part of a response's input that the last response read too counts as
 * cached, in whole blocks; other instructions or tools break the prefix and nothing is cached.
 */
export class PromptCache {
  private prefix = '';
  private read: Tokens = { text: 0, audio: 0 };

  cachedFor(instructions: string, tools: readonly JsonObject[], read: Tokens): Tokens {
    const prefix = `${instructions}\u0000${JSON.stringify(tools)}`;
    const before = prefix === this.prefix ? this.read : { text: 0, audio: 0 };
    this.prefix = prefix;
    this.read = read;
    const block = (was: number, is: number): number =>
      Math.floor(Math.min(was, is) / CACHE_BLOCK) * CACHE_BLOCK;
    return { text: block(before.text, read.text), audio: block(before.audio, read.audio) };
  }
}

/** The `usage` of `response.done`. Cached tokens are a part of input, never on top of it. */
export function usageObject(input: Tokens, cached: Tokens, output: Tokens): JsonObject {
  const inputTokens = input.text + input.audio;
  const outputTokens = output.text + output.audio;
  return {
    total_tokens: inputTokens + outputTokens,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens: cached.text + cached.audio,
      cached_tokens_details: { text_tokens: cached.text, audio_tokens: cached.audio, image_tokens: 0 },
    },
    output_token_details: { text_tokens: output.text, audio_tokens: output.audio },
  };
}
