import { afterEach, describe, expect, it } from '@jest/globals';
import { RealtimeSimulator, type RealtimeSimulatorOptions } from '@tandem/simulators';
import { tryOpenAiRealtime } from './try-openai-realtime.ts';

const running: RealtimeSimulator[] = [];
afterEach(async () => {
  for (const simulator of running.splice(0)) await simulator.stop();
});

async function endpoint(options: RealtimeSimulatorOptions = {}): Promise<string> {
  const simulator = new RealtimeSimulator({ selfCheck: true, ...options });
  running.push(simulator);
  return (await simulator.start({ controlPort: false })).url;
}

describe('one try of an OpenAI key', () => {
  it('finds a good one usable, and leaves no session behind', async () => {
    const url = await endpoint({ apiKeys: ['sk-good'] });
    expect(await tryOpenAiRealtime({ url, apiKey: 'sk-good', model: 'gpt-realtime-2.1' })).toBeNull();
    expect(running[0]!.sessions.map(({ counters }) => counters.refusals)).toEqual([{}]);
  });

  it('says what is wrong with a bad key and what to do, without the key', async () => {
    const url = await endpoint({ apiKeys: ['sk-good'] });
    const found = await tryOpenAiRealtime({ url, apiKey: 'sk-secret-bad', model: 'gpt-realtime-2.1' });
    expect(found).toMatchObject({
      category: 'authentication',
      code: 'invalid_api_key',
      sentence: expect.stringMatching(/refuses the API key \(invalid_api_key\).*Set a valid OPENAI_API_KEY/),
    });
    expect(found?.sentence).not.toContain('sk-secret-bad');
  });

  it('reports an unknown model', async () => {
    const url = await endpoint({ models: ['gpt-realtime-2.1'] });
    expect(await tryOpenAiRealtime({ url, apiKey: 'sk', model: 'gpt-nonsense' })).toMatchObject({
      category: 'invalid-request',
      sentence: expect.stringContaining('"gpt-nonsense"'),
    });
  });

  it('reports an unreachable host by the system’s code', async () => {
    expect(await tryOpenAiRealtime({ url: 'ws://127.0.0.1:9', apiKey: 'sk', model: 'm' })).toMatchObject({
      category: 'connectivity',
      code: 'ECONNREFUSED',
      sentence: expect.stringContaining('127.0.0.1:9 cannot be reached'),
    });
  });
});
