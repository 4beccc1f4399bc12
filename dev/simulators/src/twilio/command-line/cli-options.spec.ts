import { describe, expect, it } from '@jest/globals';
import { HELP, readCommand, UsageError } from './cli-options.ts';
import { walkLine } from './cli-walk.ts';

const NEEDED = ['call', '--voice-url', 'http://127.0.0.1:3000/twilio/voice', '--auth-token', 't'];

describe('the command line', () => {
  it('places a call with sensible defaults', () => {
    expect(readCommand(NEEDED, {})).toEqual({
      name: 'call',
      to: '+14155550199',
      from: '+14155550100',
      voiceUrl: 'http://127.0.0.1:3000/twilio/voice',
      fallbackUrl: null,
      statusCallback: null,
      authToken: 't',
      accountSid: null,
      duplicates: 1,
      scenario: 'greeting',
      lines: null,
      isJson: false,
      recording: null,
    });
  });

  it('takes credentials from the environment', () => {
    const environment = { TWILIO_AUTH_TOKEN: 'from-env', TWILIO_ACCOUNT_SID: 'AC1' };
    expect(readCommand(NEEDED.slice(0, 3), environment)).toMatchObject({
      authToken: 'from-env',
      accountSid: 'AC1',
    });
  });

  it('prints help that names every option', () => {
    expect(readCommand([], {})).toEqual({ name: 'help' });
    expect(readCommand(['call', '--help'], {})).toEqual({ name: 'help' });
    expect(readCommand(['scenarios'], {})).toEqual({ name: 'scenarios' });
    for (const option of [
      'to',
      'from',
      'voice-url',
      'fallback-url',
      'status-callback',
      'auth-token',
      'account-sid',
      'duplicates',
      'scenario',
      'lines',
      'json',
      'recording',
    ]) {
      expect(HELP).toContain(`--${option}`);
    }
  });

  it.each([
    ['no command', ['--json']],
    ['an unknown command', ['ring']],
    ['too many words', ['call', 'me']],
    ['an unknown option', [...NEEDED, '--loud']],
    ['no voice URL', ['call', '--auth-token', 't']],
    ['a voice URL that is none', ['call', '--voice-url', 'localhost', '--auth-token', 't']],
    ['no token', NEEDED.slice(0, 3)],
    ['six duplicates', [...NEEDED, '--duplicates', '6']],
  ])('is refused with %s', (_, args) => {
    expect(() => readCommand(args, {})).toThrow(UsageError);
  });
});

describe('the walk', () => {
  it('prints a line for important entries only', () => {
    expect(walkLine({ atMs: 1234, kind: 'pressed', digit: '5' })).toBe('   1.23 s  caller presses 5');
    expect(walkLine({ atMs: 0, kind: 'verb', name: 'Say' })).toBeNull();
  });
});
