import type { ToolCallId } from '@tandem/contracts';
import type { Redis } from 'ioredis';
import { CALL_KEYS_TTL_S, keys } from '../redis/keys.ts';
import { run } from '../scripts/script.ts';
import { takeAmount } from '../scripts/take-amount.ts';
import { takeUse } from '../scripts/take-use.ts';

/** A use that is counted. */
export interface ToolUse {
  readonly toolCallId: ToolCallId;
  readonly tool: string;
  /** Whose uses are counted: an id that tells nothing about a person. */
  readonly who: string;
  /** YYYY-MM-DD, or `call` for as long as a call lasts. */
  readonly period: string;
}

/** Counts how often tools are used and how much they move, and knows which tool calls have begun. */
export class ToolUses {
  constructor(private readonly redis: Redis) {}

  /**
   * Counts a use unless it is one too many. Returns whether it is allowed; the same tool call is again.
   * @throws when Redis cannot be reached
   */
  async take({ toolCallId, tool, who, period }: ToolUse, most: number): Promise<boolean> {
    const key = keys.toolUses(who, tool, period);
    return (await run(this.redis, takeUse, [key], [toolCallId, most, CALL_KEYS_TTL_S])) === 1;
  }

  /**
   * Adds the value of a use unless the sum would be too much. Returns whether it is allowed; the same tool
   * call is again.
   * @throws when Redis cannot be reached
   */
  async takeAmount(
    { toolCallId, tool, who, period }: ToolUse,
    amount: number,
    most: number,
  ): Promise<boolean> {
    const key = keys.toolAmounts(who, tool, period);
    return (await run(this.redis, takeAmount, [key], [toolCallId, amount, most, CALL_KEYS_TTL_S])) === 1;
  }

  /**
   * Takes back a use that was counted and is refused for another reason.
   * @throws when Redis cannot be reached
   */
  async giveBack({ toolCallId, tool, who, period }: ToolUse): Promise<void> {
    await this.redis.srem(keys.toolUses(who, tool, period), toolCallId);
    await this.redis.hdel(keys.toolAmounts(who, tool, period), toolCallId);
  }

  /**
   * Notes that a tool call begins. Returns false when it has begun before: its worker was lost.
   * @throws when Redis cannot be reached
   */
  async beginOnce(toolCallId: ToolCallId): Promise<boolean> {
    return (await this.redis.set(keys.toolBegun(toolCallId), '', 'EX', CALL_KEYS_TTL_S, 'NX')) === 'OK';
  }
}
