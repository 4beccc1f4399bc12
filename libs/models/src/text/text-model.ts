/** A function the model may ask for. */
export interface TextTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A function the model asked for. Arguments are JSON as the model wrote it: unchecked, maybe malformed. */
export interface TextToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** A part of the conversation. The last one is the user's, or the result of a tool. */
export type TextMessage =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly TextToolCall[] }
  /** Follows the assistant's message with that call, one for each call. */
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string };

export interface TextRequest {
  readonly system: string;
  readonly messages: readonly TextMessage[];
  readonly tools?: readonly TextTool[] | undefined;
  /** The model answers in words: it may ask for none of the tools. */
  readonly mustAnswer?: boolean | undefined;
  /** The tool the model must call, by its name. */
  readonly mustCall?: string | undefined;
  readonly maxTokens: number;
  /** 0 to 1; the provider's default when absent. Several reasoning models refuse one. */
  readonly temperature?: number | undefined;
  /** The text is then JSON of this schema, unless it was cut off; receivers check it. */
  readonly responseSchema?:
    { readonly name: string; readonly schema: Readonly<Record<string, unknown>> } | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Tokens of a request, for its cost. Cached ones are part of the input. */
export interface TextUsage {
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/** `length`: the text was cut off at the limit. `filtered`: the provider or the model refused. */
export type TextFinish = 'stop' | 'length' | 'tool-calls' | 'filtered';

export interface TextCompletion {
  readonly text: string;
  readonly toolCalls: readonly TextToolCall[];
  /** Null when the provider reports none. */
  readonly usage: TextUsage | null;
  readonly finishReason: TextFinish;
}

/** A language model that answers in writing. */
export interface TextModel {
  /** The model's name for records and costs. */
  readonly name: string;
  /** Whether it is a rule-based stand-in, whose texts say so. */
  readonly isDemo: boolean;
  /**
   * Returns the model's answer.
   * @throws ProviderError; the signal's reason when it is aborted
   */
  complete(request: TextRequest): Promise<TextCompletion>;
}
