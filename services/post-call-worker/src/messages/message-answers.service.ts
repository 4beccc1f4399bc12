import { Inject, Injectable, Logger } from '@nestjs/common';
import { maskNumbers, shortMessage, type AgentSnapshot } from '@tandem/contracts';
import { AgentDirectory, MessageRepository, type Message } from '@tandem/database';
import type { TextCompletion, TextMessage, TextModel } from '@tandem/models/text';
import type { WebSearch } from '@tandem/tools/web-search';
import { PostCallMetrics } from '../post-call-metrics.ts';
import { cannotSee, smsInstructions, toTextMessages } from './answer-prompt.ts';
import { searchFor, WEB_SEARCH, WEB_SEARCH_TOOL } from './web-search.ts';

/** Injection token of the text model. */
export const TEXT_MODEL = Symbol('TEXT_MODEL');

/** Messages of a thread that the model reads, the one to answer included. */
const MOST_MESSAGES = 10;
/** 320 characters have some 100 tokens; other scripts need several times as many. */
const MAX_TOKENS = 500;
/** Rounds in which the model may search before it must answer. */
const MOST_SEARCHES = 2;

/** Writes the answers to text messages. */
@Injectable()
export class MessageAnswers {
  private readonly logger = new Logger(MessageAnswers.name);

  constructor(
    private readonly messages: MessageRepository,
    private readonly directory: AgentDirectory,
    @Inject(TEXT_MODEL) private readonly model: TextModel,
    @Inject(WEB_SEARCH) private readonly web: WebSearch,
    private readonly metrics: PostCallMetrics,
  ) {}

  /**
   * Stores the answer to a received message and returns it, to be sent; null where there is none.
   * @throws ProviderError of the text model; the job runs again
   */
  async answer(message: Message, signal: AbortSignal): Promise<Message | null> {
    const { tenantId, id, body, ownAddress } = message;
    const number = await this.directory.findByNumber(ownAddress);
    // The number was moved or lost its agent since.
    if (number?.tenant.id !== tenantId || !number.agent) {
      await this.messages.close(tenantId, id, 'agent-unavailable');
      return null;
    }
    const text =
      body.trim() === ''
        ? cannotSee(number.language ?? number.agent.language)
        : await this.compose(message, number.agent, signal);
    if (text !== '') return this.messages.answer(tenantId, id, text);
    await this.messages.close(tenantId, id, 'no-answer');
    return null;
  }

  /** Returns the model's answer, short enough; empty when it gave none. */
  private async compose(message: Message, agent: AgentSnapshot, signal: AbortSignal): Promise<string> {
    const thread = toTextMessages(await this.messages.thread(message, MOST_MESSAGES));
    const { text, finishReason } = await this.converse(thread, agent, signal);
    this.metrics.answers.inc({ finish: finishReason });
    if (finishReason === 'filtered')
      this.logger.warn({ messageId: message.id }, 'text model refused to answer a message');
    return finishReason === 'filtered' ? '' : shortMessage(maskNumbers(text));
  }

  private async converse(
    thread: readonly TextMessage[],
    agent: AgentSnapshot,
    signal: AbortSignal,
  ): Promise<TextCompletion> {
    const messages = [...thread];
    const maySearch = agent.tools.includes(WEB_SEARCH_TOOL.name);
    for (let searches = 0; ; searches += 1) {
      const completion = await this.model.complete({
        system: smsInstructions(agent),
        messages,
        maxTokens: MAX_TOKENS,
        signal,
        ...(maySearch ? { tools: [WEB_SEARCH_TOOL], mustAnswer: searches >= MOST_SEARCHES } : {}),
      });
      this.count(completion);
      const { toolCalls, text } = completion;
      if (toolCalls.length === 0 || searches >= MOST_SEARCHES) return completion;
      messages.push({ role: 'assistant', text, toolCalls });
      for (const { id, arguments: json } of toolCalls)
        messages.push({
          role: 'tool',
          toolCallId: id,
          text: await searchFor(this.web, json, agent, signal),
        });
    }
  }

  private count({ usage }: TextCompletion): void {
    if (!usage) return;
    this.metrics.textTokens.inc({ direction: 'input' }, usage.inputTokens);
    this.metrics.textTokens.inc({ direction: 'output' }, usage.outputTokens);
  }
}
