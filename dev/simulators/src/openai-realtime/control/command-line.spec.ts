import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { HELP, OPTIONS } from './command-line-options.ts';
import { readCommandLine, UsageError } from './command-line.ts';

/** Writes a file for the time of `use`. */
function withFile<T>(text: string, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  const file = join(folder, 'input.json');
  try {
    writeFileSync(file, text);
    return use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the command line', () => {
  it('without options runs the guided dialogue on the usual ports and records nothing', () => {
    expect(readCommandLine([])).toMatchObject({
      kind: 'run',
      start: { host: '127.0.0.1', port: 8765, controlPort: 8766 },
      simulator: {
        behaviour: { name: 'guided' },
        record: { events: false, audio: false },
        selfCheck: false,
        keepSessions: 50,
      },
    });
  });

  it('takes every option', () => {
    const args = [
      '--port',
      '0',
      '--control-port',
      'off',
      '--host',
      '::1',
      '--behaviour',
      'tone',
      '--tone-ms',
      '500',
      '--first-byte-ms',
      '0',
      '--audio-rate',
      '8',
      '--delta-ms',
      '100',
    ];
    const more = [
      '--transcription-ms',
      '50',
      '--max-session-s',
      '90',
      '--tokens-per-minute',
      '40000',
      '--api-key',
      'a',
      '--api-key',
      'b',
      '--model',
      'm',
      '--self-check',
      '--record',
      'all',
      '--seed',
      '7',
    ];
    expect(readCommandLine([...args, ...more])).toMatchObject({
      start: { host: '::1', port: 0, controlPort: false },
      simulator: {
        behaviour: { name: 'tone' },
        pace: { firstByteMs: 0, audioRate: 8, deltaMs: 100 },
        transcriptionDelayMs: 50,
        maxSessionMs: 90_000,
        tokensPerMinute: 40_000,
        apiKeys: ['a', 'b'],
        models: ['m'],
        selfCheck: true,
        record: { events: true, audio: true },
        seed: 7,
      },
    });
  });

  it('reads a script and the lines of the caller', () => {
    withFile('{"turns":[{"say":"Hi."}]}', (script) =>
      withFile('["Hello.","Bye."]', (lines) => {
        expect(
          readCommandLine(['--behaviour', 'scripted', '--script', script, '--lines', lines]),
        ).toMatchObject({
          simulator: { behaviour: { name: 'scripted' }, callerLines: ['Hello.', 'Bye.'] },
        });
      }),
    );
  });

  it('prints help that names every option', () => {
    expect(readCommandLine(['--help'])).toEqual({ kind: 'help' });
    for (const name of Object.keys(OPTIONS)) expect(HELP).toContain(`--${name}`);
  });

  it.each([
    [['--prot', '1'], 'prot'],
    [['--port', 'http'], '--port must be a number of at least 0, but is http.'],
    [['--audio-rate', '0'], '--audio-rate must be a number of at least 0.01'],
    [['--behaviour', 'clever'], 'kind must be one of scripted, guided, echo, tone'],
    [['--behaviour', 'scripted'], '--behaviour scripted needs --script <file>.'],
    [['--behaviour', 'scripted', '--script', '/nowhere.json'], '/nowhere.json cannot be read as JSON'],
    [['--record', 'some'], '--record must be all, events or off.'],
  ])('refuses %j', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(UsageError);
    expect(() => readCommandLine(args)).toThrow(message);
  });

  it('refuses lines that are no list of strings, and an invalid script', () => {
    withFile('{"a":1}', (file) => {
      expect(() => readCommandLine(['--lines', file])).toThrow('must be a list of at least one string');
      expect(() => readCommandLine(['--behaviour', 'scripted', '--script', file])).toThrow(UsageError);
    });
  });
});
