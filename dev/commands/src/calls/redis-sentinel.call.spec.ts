import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { connectRedis, type CallStore } from '@tandem/call-state';
import { guided, type SimulatedCall } from '@tandem/simulators';
import { RedisGroup } from '@tandem/stack';
import { nextMonday } from '../testing/next-monday.ts';
import { callStoreOf, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const LINES = ['I need a plumber please', 'Yes please', 'No thank you'];
const BOOKED = {
  status: 'completed',
  outcome: 'booked',
  tools: ['lookup_customer ok', 'check_availability ok', 'book_appointment ok', 'end_call ok'],
};

describe('a platform whose Redis is a group that Sentinels watch', () => {
  let group: RedisGroup;
  let platform: RunningPlatform;
  let redis: ReturnType<typeof connectRedis>;
  let records: CallStore;

  beforeAll(async () => {
    group = await RedisGroup.start();
    platform = await RunningPlatform.start({
      between: (server, url) => Promise.resolve(server === 'redis' ? group.url : url),
    });
    redis = connectRedis(group.url, 'worker');
    records = callStoreOf(redis, platform.stack.secrets.tandemSecret);
  });
  afterAll(async () => {
    redis?.disconnect();
    await platform?.stop();
    await group?.stop();
  });

  it('goes on with a call over a failover, books in it, and takes the next call', async () => {
    const [primary, replica] = group.servers;
    const underWay = ring('+12025550141');
    await underWay.waitForSpeech();
    await primary.kill();
    await platform.eventually(
      () => group.primaryPort(),
      (port) => port === replica.port,
      'the replica to lead',
      30_000,
    );
    await platform.eventually(
      () => platform.metric('tool-worker', 'tandem_dependency_state{dependency="redis",state="writable"'),
      (line) => line.endsWith(' 1'),
      'the group to be writable again',
      30_000,
    );
    expect(await talk(underWay)).toEqual(BOOKED);
    expect(await talk(ring('+12025550142'))).toEqual(BOOKED);
  });

  function ring(from: string): SimulatedCall {
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date: nextMonday() } });
    platform.model.addCallerLines({ lines: LINES });
    return platform.ring({ from });
  }

  async function talk(call: SimulatedCall): Promise<object> {
    await platform.answerQuestions(call, LINES.length, records);
    await call.ended;
    const { status, outcome, toolCalls } = await platform.recorded(call.sid);
    return { status, outcome, tools: toolCalls.map(({ name, outcome: how }) => `${name} ${how?.status}`) };
  }
});
