import { describe, expect, it } from '@jest/globals';
import { ConfigurationFault } from '@tandem/platform';
import { checkSettings, providedFor } from './settings.ts';

const ACCOUNT = `AC${'0'.repeat(32)}`;
const real = {
  TWILIO_ACCOUNT_SID: ACCOUNT,
  TWILIO_AUTH_TOKEN: 'token',
  PUBLIC_BASE_URL: 'https://voice.example.com',
  PUBLIC_MEDIA_URL: 'wss://media.example.com',
};

function faultsOf(env: Record<string, string>, isPublished = true): readonly string[] {
  try {
    checkSettings(env, isPublished);
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings of a stack', () => {
  it('may be none, or those of a real number', () => {
    expect(faultsOf({})).toEqual([]);
    expect(faultsOf(real)).toEqual([]);
    expect(
      faultsOf({ RECORDINGS_KMS_KEY_ID: 'alias/k', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }),
    ).toEqual([]);
  });

  it.each([
    ['an account without its token', { TWILIO_ACCOUNT_SID: ACCOUNT }, /^TWILIO_AUTH_TOKEN is not set/],
    ['a public address without a token', { ...real, TWILIO_AUTH_TOKEN: '' }, /^TWILIO_AUTH_TOKEN is not set/],
    [
      'an address for calls without one for audio',
      { ...real, PUBLIC_MEDIA_URL: '' },
      /^PUBLIC_MEDIA_URL is not set, and PUBLIC_BASE_URL needs it/,
    ],
    [
      'an address for audio without one for calls',
      { ...real, PUBLIC_BASE_URL: '' },
      /^PUBLIC_BASE_URL is not set, and PUBLIC_MEDIA_URL needs it/,
    ],
  ])('are refused with %s, before anything else', (_what, env, fault) => {
    const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
    expect(faultsOf(set)[0]).toMatch(fault);
  });

  it('of a stack that nobody outside reaches need one address only', () => {
    expect(faultsOf({ ...real, PUBLIC_MEDIA_URL: '' }, false)).toEqual([]);
  });

  it('are filled in where none are set, never beside half of a pair', () => {
    const made = { twilioAuthToken: 'made', keyFile: 'made.json' };
    expect(providedFor({}, made)).toEqual({ TWILIO_AUTH_TOKEN: 'made', RECORDINGS_KEY_FILE: 'made.json' });
    expect(providedFor({ TWILIO_ACCOUNT_SID: ACCOUNT, RECORDINGS_KMS_KEY_ID: 'alias/k' }, made)).toEqual({});
  });
});
