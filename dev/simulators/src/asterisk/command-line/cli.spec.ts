import { describe, expect, it } from '@jest/globals';
import { readWav } from '@tandem/kit';
import { HELP, OPTION_NAMES, readCommand, UsageError } from './cli-options.ts';
import { walkLine } from './cli-walk.ts';
import { recordingWav } from './recording.ts';

const NEEDED = ['call', '--url', 'http://127.0.0.1:8080/asterisk/', '--secret', 's'];

describe('the command line', () => {
  it('places a call with sensible defaults', () => {
    expect(readCommand(NEEDED, {})).toEqual({
      name: 'call',
      to: '+14155550199',
      from: '+14155550100',
      url: 'http://127.0.0.1:8080/asterisk',
      secret: 's',
      codec: 'slin16',
      release: '22.10',
      dialplan: null,
      context: 'tandem',
      people: 'acceptsByKey',
      amiPort: 0,
      ariPort: 0,
      scenario: 'greeting',
      lines: null,
      isJson: false,
      recording: null,
    });
  });

  it('takes the secret from the environment', () => {
    expect(readCommand(NEEDED.slice(0, 3), { ASTERISK_SECRET: 'from-env' })).toMatchObject({
      secret: 'from-env',
    });
  });

  it('prints help that names every option', () => {
    expect(readCommand([], {})).toEqual({ name: 'help' });
    expect(readCommand(['call', '--help'], {})).toEqual({ name: 'help' });
    expect(readCommand(['scenarios'], {})).toEqual({ name: 'scenarios' });
    expect(readCommand(['check', 'a.conf'], {})).toEqual({ name: 'check', file: 'a.conf' });
    for (const option of OPTION_NAMES) expect(HELP).toContain(`--${option}`);
  });

  it.each([
    ['no command', ['--json']],
    ['an unknown command', ['ring']],
    ['too many words', ['call', 'me']],
    ['check without a file', ['check']],
    ['an unknown option', [...NEEDED, '--loud']],
    ['no URL', ['call', '--secret', 's']],
    ['a URL that is none', ['call', '--url', 'localhost', '--secret', 's']],
    ['no secret', NEEDED.slice(0, 3)],
    ['an unknown codec', [...NEEDED, '--codec', 'opus']],
    ['an unknown release', [...NEEDED, '--release', '1.4']],
    ['unknown people', [...NEEDED, '--people', 'ghosts']],
    ['a port that is none', [...NEEDED, '--ami-port', '70000']],
  ])('is refused with %s', (_, args) => {
    expect(() => readCommand(args, {})).toThrow(UsageError);
  });
});

describe('the walk', () => {
  it('prints a line for important entries only', () => {
    expect(walkLine({ atMs: 1234, kind: 'pressed', digit: '5' })).toBe('   1.23 s  caller presses 5');
    expect(
      walkLine({
        atMs: 10,
        kind: 'request',
        url: 'http://x/asterisk/calls',
        fields: {},
        httpStatus: 200,
        answer: 'hangup',
        tookMs: 4.4,
      }),
    ).toBe('   0.01 s  /asterisk/calls: 200 hangup in 4 ms');
    expect(walkLine({ atMs: 0, kind: 'music-stopped' })).toBeNull();
  });
});

describe('the recording', () => {
  it('holds both sides at 8 kHz, the agent at the time it came', () => {
    const loud = Buffer.alloc(640);
    for (let at = 0; at < 640; at += 2) loud.writeInt16LE(5_000, at);
    const wav = recordingWav({
      rateHz: 16_000,
      caller: Array.from({ length: 10 }, () => Buffer.alloc(640)),
      agent: [
        { atMs: 100, payload: loud },
        { atMs: 200, payload: loud },
      ],
    });
    const { samples, rateHz } = readWav(wav);
    expect([rateHz, samples.length]).toEqual([8_000, 1_600]);
    const level = (fromMs: number) => Math.abs(samples[fromMs * 8 + 80] ?? 0);
    expect([level(0), level(50), level(100)].map((value) => value > 1_000)).toEqual([true, false, true]);
  });
});
