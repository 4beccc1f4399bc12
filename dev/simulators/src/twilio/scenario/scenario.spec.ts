import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, MULAW_SILENCE, mulawTone, stereoMulawWav } from '@tandem/kit';
import type { CallEntry } from '../leg/call-report.ts';
import { Bench, CALLER, entries, NUMBER } from '../testing/bench.ts';
import type { FakeStream } from '../testing/fake-application.ts';
import { lineFileName, speakFromFolder, speakTones } from './lines.ts';
import { runScenario } from './scenario-runner.ts';
import { readScenario, type Scenario, ScenarioError } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const SILENT = Buffer.alloc(160, MULAW_SILENCE).toString('base64');
const QUIET_FRAMES_END_A_TURN = 5;

/** Greets, answers each utterance, and falls silent when it is talked over. */
function converse(stream: FakeStream, sentence: Uint8Array): void {
  let quietFrames = 0;
  let isCallerSpeaking = false;
  stream.socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { event: string; media?: { payload: string } };
    if (message.event === 'start') stream.media(sentence);
    if (message.event !== 'media') return;
    if (message.media?.payload !== SILENT) {
      if (!isCallerSpeaking) stream.clear();
      isCallerSpeaking = true;
      quietFrames = 0;
    } else if (isCallerSpeaking && (quietFrames += 1) === QUIET_FRAMES_END_A_TURN) {
      isCallerSpeaking = false;
      stream.media(sentence);
    }
  });
}

describe('a scenario', () => {
  let bench: Bench;
  let clock: ManualClock;
  let pump: NodeJS.Timeout;

  beforeEach(async () => {
    clock = new ManualClock();
    bench = await Bench.open({ clock });
    bench.app.on('/voice', `<Response>${bench.connect()}</Response>`);
    pump = setInterval(() => clock.advance(20), 1);
  });

  afterEach(async () => {
    await bench.close();
    clearInterval(pump);
  });

  const run = async (
    scenario: Omit<Scenario, 'name' | 'description'>,
    onProgress: (entry: CallEntry) => void = () => undefined,
  ) => {
    void bench.app.stream().then((stream) => converse(stream, mulawTone(500, 2000)));
    return runScenario({
      simulator: bench.simulator,
      scenario: { name: 'spec', description: 'for a spec', ...scenario },
      call: { from: CALLER, to: NUMBER, voiceUrl: `${bench.app.url}/voice` },
      speak: speakTones,
      onProgress,
    });
  };

  it("plays its turns after the agent's and reports the call", async () => {
    const progress: string[] = [];
    const report = await run(
      {
        turns: [
          { when: 'agent-finished', do: { say: 'Hello.' } },
          { when: 'agent-finished', do: { press: '12' } },
          { when: { afterMs: 1 }, do: { waitMs: 1 } },
          { when: { afterMs: 1 }, do: { hangup: true } },
        ],
        expect: { endedBy: ['hangup-by-party'], minAgentTurns: 2, maxResponseMs: 1000 },
      },
      (entry) => progress.push(entry.kind),
    );
    expect(report).toMatchObject({ failures: [], isPassed: true, call: { endedBy: 'hangup-by-party' } });
    expect(report.turns.map((turn) => turn.outcome)).toEqual(['done', 'done', 'done', 'done']);
    expect(entries(report.call, 'caller-started')).toMatchObject([{ text: 'Hello.' }]);
    expect(report.call.timing.responses).toHaveLength(1);
    const wanted = [
      'document',
      'agent-started',
      'agent-stopped',
      'caller-started',
      'caller-stopped',
      'pressed',
      'ended',
    ];
    expect(wanted.filter((kind) => !progress.includes(kind))).toEqual([]);
  });

  it('interrupts the agent in mid-sentence and measures the time to silence', async () => {
    const report = await run({
      turns: [
        { when: { agentSpeakingMs: 500 }, do: { say: 'Just a moment, please.' } },
        { when: 'agent-finished', do: { hangup: true } },
      ],
      expect: { minInterruptions: 1 },
    });
    expect(report.failures).toEqual([]);
    expect(report.call.timing.interruptions).toHaveLength(1);
    expect(report.call.streams[0]!.droppedBytes).toBeGreaterThan(0);
  });

  it('hangs up when its moment does not come', async () => {
    bench.app.on('/voice', '<Response><Gather timeout="600"/></Response>');
    const report = await run({ turns: [{ when: 'agent-finished', do: { say: 'Hello?' }, withinMs: 200 }] });
    expect(report.turns.map((turn) => turn.outcome)).toEqual(['gave-up']);
    expect(report).toMatchObject({
      isPassed: false,
      failures: [expect.stringContaining('its moment did not come')],
    });
    expect(report.call.endedBy).toBe('hangup-by-party');
  });

  it('treats an announcement of the carrier as the agent', async () => {
    bench.app.on('/voice', '<Response><Gather timeout="600"><Say>Hello.</Say></Gather></Response>');
    const report = await run({ turns: [{ when: 'agent-finished', do: { hangup: true } }] });
    expect(report.failures).toEqual([]);
  });

  it('waits for the agent behind the stream when the carrier reads a notice first', async () => {
    bench.app.on(
      '/voice',
      `<Response><Say>${'This call is recorded. '.repeat(120)}</Say>${bench.connect()}</Response>`,
    );
    const report = await run({
      turns: [
        { when: 'agent-finished', do: { say: 'Hello.' } },
        { when: 'agent-finished', do: { hangup: true } },
      ],
      expect: { minAgentTurns: 2 },
    });
    expect(report.failures).toEqual([]);
    const order = report.call.timeline
      .map(({ kind }) => kind)
      .filter((kind) => ['said', 'stream-open', 'agent-started', 'caller-started'].includes(kind));
    expect(order).toEqual(['said', 'stream-open', 'agent-started', 'caller-started', 'agent-started']);
  });

  it("counts its patience from the end of the carrier's announcement", async () => {
    bench.app.on(
      '/voice',
      `<Response><Say>${'A long notice. '.repeat(220)}</Say>` +
        `<Say>${'And another. '.repeat(220)}</Say>${bench.connect()}</Response>`,
    );
    const report = await run({ turns: [{ when: 'agent-finished', do: { hangup: true }, withinMs: 3000 }] });
    expect(report.failures).toEqual([]);
  });

  it('hears out an agent who talks longer than the caller waits for the first word', async () => {
    void bench.app.stream().then((stream) => converse(stream, mulawTone(500, 6000)));
    const report = await runScenario({
      simulator: bench.simulator,
      scenario: {
        name: 'spec',
        description: 'for a spec',
        turns: [{ when: 'agent-finished', do: { hangup: true }, withinMs: 2000 }],
      },
      call: { from: CALLER, to: NUMBER, voiceUrl: `${bench.app.url}/voice` },
      speak: speakTones,
    });
    expect(report.failures).toEqual([]);
  });

  it('fails for a caller who wanted a person and got none', async () => {
    const report = await run({
      turns: [{ when: 'agent-finished', do: { hangup: true } }],
      expect: { isPutThrough: true },
    });
    expect(report.failures).toEqual(['the caller was not put through to a person']);
    bench.app.on('/voice', '<Response><Dial>+14155550111</Dial></Response>');
    expect((await run({ turns: [], expect: { isPutThrough: true } })).failures).toEqual([]);
    expect(SCENARIOS.find(({ name }) => name === 'operator')?.expect?.isPutThrough).toBe(true);
  });

  it('names the line that was not played', async () => {
    bench.app.on('/voice', '<Response><Hangup/></Response>');
    const report = await run({ turns: [{ when: 'agent-finished', do: { say: 'Monday please' } }] });
    expect(report.failures).toEqual([
      `the caller's line 1 ("Monday please") was not played: the call was over before`,
    ]);
  });

  it('reports why the application refused', async () => {
    bench.app.on('/voice', {
      status: 403,
      type: 'application/problem+json',
      body: '{"title":"Forbidden","detail":"The account is another one."}',
    });
    const report = await run({ turns: [] });
    expect(report.failures).toEqual([
      'error 11200 (HTTP retrieval failure): the server answered 403: The account is another one.',
    ]);
  });

  it('names the expectations that do not hold', async () => {
    const report = await run({
      turns: [
        { when: 'agent-finished', do: { say: 'Hello.' } },
        { when: 'agent-finished', do: { hangup: true } },
      ],
      expect: {
        endedBy: ['hangup-verb'],
        minAgentTurns: 9,
        maxResponseMs: 0,
        minInterruptions: 1,
        dialled: '+14155550111',
        allowedErrors: [],
      },
    });
    expect(report.failures).toEqual([
      expect.stringContaining('ended by hangup-by-party'),
      expect.stringContaining('expected at least 9'),
      expect.stringContaining('+14155550111'),
      expect.stringContaining('an answer took'),
      expect.stringContaining('0 interruptions'),
    ]);
  });

  it('fails on an error of the application', async () => {
    bench.app.on('/voice', { status: 500, body: '' });
    const report = await run({ turns: [] });
    expect(report.failures).toEqual([expect.stringContaining('error 11200')]);
  });
});

describe('scenario data', () => {
  it('that is built in is valid', () => {
    for (const scenario of SCENARIOS)
      expect(readScenario(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
    expect(new Set(SCENARIOS.map((scenario) => scenario.name)).size).toBe(SCENARIOS.length);
  });

  it.each([
    ['no turns', { name: 'x', description: '' }],
    [
      'an unknown deed',
      { name: 'x', description: '', turns: [{ when: 'agent-finished', do: { shout: 'x' } }] },
    ],
    [
      'two deeds at once',
      { name: 'x', description: '', turns: [{ when: 'agent-finished', do: { say: 'x', press: '1' } }] },
    ],
    [
      'a key that does not exist',
      { name: 'x', description: '', turns: [{ when: 'agent-finished', do: { press: 'Z' } }] },
    ],
    [
      'a moment in the past',
      { name: 'x', description: '', turns: [{ when: { afterMs: -1 }, do: { hangup: true } }] },
    ],
    ['a misspelt expectation', { name: 'x', description: '', turns: [], expect: { maxResponse: 1 } }],
    ['no object', 'booking'],
  ])('is refused with %s', (_, json) => {
    expect(() => readScenario(json)).toThrow(ScenarioError);
  });
});

describe("the caller's lines", () => {
  it('come from files named after them', async () => {
    expect(lineFileName('Yes, please!')).toBe('yes-please.wav');
    const folder = await mkdtemp(join(tmpdir(), 'lines-'));
    const speech = mulawTone(300, 40);
    await writeFile(join(folder, 'yes-please.wav'), stereoMulawWav([speech], [speech]));
    const spoken = await speakFromFolder(folder)('Yes, please!');
    expect(spoken).toHaveLength(speech.length);
    await expect(speakFromFolder(folder)('No.')).rejects.toThrow(/"No." cannot be spoken.*no\.wav/);
    await rm(folder, { recursive: true });
  });

  it('are tones as long as the sentence when there are no files', async () => {
    const [short, long] = [await speakTones('Hi.'), await speakTones('I would like to book an appointment.')];
    expect([short.length, long.length]).toEqual([2400, 18_720]);
  });
});
