import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ToolCallId } from '@tandem/contracts';
import { testRedisUrl } from '@tandem/stack';
import type { Redis } from 'ioredis';
import { connectRedis, ToolUses } from '../index.ts';

let redis: Redis;
let uses: ToolUses;
beforeAll(async () => {
  redis = connectRedis(await testRedisUrl(), 'command');
  uses = new ToolUses(redis);
});
afterAll(() => redis.disconnect());

const id = () => `tool_${randomUUID()}` as ToolCallId;

describe('the uses of a tool', () => {
  it('are allowed up to the limit, by tool, person and period', async () => {
    const use = { tool: 'order', who: randomUUID(), period: '2026-11-30' };
    const taken = await Promise.all(
      Array.from({ length: 10 }, () => uses.take({ ...use, toolCallId: id() }, 3)),
    );
    expect(taken.filter(Boolean)).toHaveLength(3);
    for (const other of [{ tool: 'cancel' }, { who: randomUUID() }, { period: '2026-12-01' }])
      expect(await uses.take({ ...use, ...other, toolCallId: id() }, 3)).toBe(true);
  });

  it('count a tool call once that runs again, and are forgotten', async () => {
    const use = { tool: 'order', who: randomUUID(), period: 'call', toolCallId: id() };
    for (let time = 0; time < 3; time += 1) expect(await uses.take(use, 1)).toBe(true);
    expect(await uses.take({ ...use, toolCallId: id() }, 1)).toBe(false);
    const ttl = await redis.ttl(`tandem:tool-uses:{${use.who}}:order:call`);
    expect(ttl).toBeGreaterThan(0);
  });

  it('may add up to a sum, also when many add at the same moment, and can be taken back', async () => {
    const use = { tool: 'refund', who: randomUUID(), period: '2026-11-30' };
    const adding = Array.from({ length: 8 }, () => ({ ...use, toolCallId: id() }));
    const taken = await Promise.all(adding.map((one) => uses.takeAmount(one, 0.1, 0.3)));
    expect(taken.filter(Boolean)).toHaveLength(3);
    const [first] = adding.filter((_one, index) => taken[index]);
    expect(await uses.takeAmount(first!, 0.1, 0.3)).toBe(true);
    await uses.giveBack(first!);
    expect(await uses.takeAmount({ ...use, toolCallId: id() }, 0.11, 0.3)).toBe(false);
    expect(await uses.takeAmount({ ...use, toolCallId: id() }, 0.1, 0.3)).toBe(true);
    expect(await redis.ttl(`tandem:tool-amounts:{${use.who}}:refund:2026-11-30`)).toBeGreaterThan(0);
  });

  it('begin once', async () => {
    const toolCallId = id();
    expect(await uses.beginOnce(toolCallId)).toBe(true);
    expect(await uses.beginOnce(toolCallId)).toBe(false);
    expect(await redis.ttl(`tandem:tool-begun:${toolCallId}`)).toBeGreaterThan(0);
  });
});
