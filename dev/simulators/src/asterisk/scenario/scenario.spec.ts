import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { speakTones } from '../../twilio/scenario/lines.ts';
import type { Scenario } from '../../twilio/scenario/scenario.ts';
import { PbxBench } from '../testing/pbx-bench.ts';
import { runAsteriskScenario } from './scenario-runner.ts';

describe('a scenario through an Asterisk', () => {
  let bench: PbxBench;

  beforeEach(async () => {
    bench = await PbxBench.open();
    bench.ingress.on('calls', bench.connect());
    bench.ingress.on('calls/next', 'hangup');
    bench.ingress.on('calls/hangup', 'hangup');
  });
  afterEach(() => bench.close());

  async function play(scenario: Omit<Scenario, 'name' | 'description'>, onConnected: () => void) {
    const running = runAsteriskScenario({
      simulator: bench.pbx,
      scenario: { name: 'test', description: 'A test.', ...scenario },
      speak: speakTones,
      call: { from: '+12025550123', to: '+14155550199', context: 'tandem', dialplan: await bench.shipped() },
    });
    await bench.relay.connection();
    onConnected();
    return running;
  }

  /** Makes the relay speak for this number of frames. */
  function speak(frames: number): void {
    let left = frames;
    const timer = setInterval(() => {
      bench.relay.connections[0]?.sendAudio(0x12, 640, 5_000);
      left -= 1;
      if (left === 0) clearInterval(timer);
    }, 20);
  }

  it('is passed when the caller could play all turns and the expectations hold', async () => {
    const report = await play(
      {
        turns: [
          { when: 'agent-finished', do: { say: 'Hi.' } },
          { when: { afterMs: 10 }, do: { press: '5' } },
          { when: { afterMs: 10 }, do: { hangup: true } },
        ],
        expect: { minAgentTurns: 1, endedBy: ['hangup-by-party'] },
      },
      () => speak(20),
    );
    expect(report.failures).toEqual([]);
    expect(bench.relay.connections[0]!.digits).toBe('5');
  });

  it('fails in plain words: a moment that did not come, a person who was not reached', async () => {
    const report = await play(
      {
        turns: [{ when: 'agent-finished', do: { say: 'Hi.' }, withinMs: 200 }],
        expect: { isPutThrough: true },
      },
      () => undefined,
    );
    expect(report.failures).toEqual([
      'the caller\'s line 1 ("Hi.") was not played: its moment did not come',
      'the caller was not put through to a person',
    ]);
  });
});
