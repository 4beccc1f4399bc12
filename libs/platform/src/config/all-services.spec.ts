import { describe, expect, it } from '@jest/globals';
import { checkAllServices } from './all-services.ts';
import { ConfigurationFault } from './load-config.ts';
import { serviceSections } from './services.ts';
import type { Section, Settings } from './setting.ts';

const good = {
  TANDEM_SECRET: 'x'.repeat(32),
  REDIS_URL: 'redis://localhost:6379',
  DATABASE_URL: 'postgres://a:b@localhost/tandem',
  TWILIO_AUTH_TOKEN: 'token',
  RELAY_ID: 'relay-1',
};

function faultsOf(changes: Record<string, string>): readonly string[] {
  try {
    checkAllServices({ ...good, ...changes });
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings of all services', () => {
  it('are valid when each service could start', () => {
    expect(faultsOf({})).toEqual([]);
  });

  it('are declared once each, however many services read them', () => {
    const sections = new Set<Section<Settings>>(Object.values(serviceSections).flat());
    const names = [...sections].flatMap(({ settings }) => Object.values(settings).map(({ env }) => env));
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  it('are reported all at once, each fault once', () => {
    const faults = faultsOf({
      CONTROL_API_PORT: 'abc',
      OUTBOUND_TRUSTED_NETWORKS: '10.0.0.0',
      TOOL_CONCURRENCY: '0',
      MODEL_HANG_MS: '1',
      LOG_LEVEL: 'loud',
      PUBLIC_BASE_URL: 'voice.example.com',
      CRM_API_PORT: '-1',
    });
    expect(faults).toHaveLength(7);
    for (const name of [
      'CONTROL_API_PORT',
      'OUTBOUND_TRUSTED_NETWORKS',
      'TOOL_CONCURRENCY',
      'MODEL_HANG_MS',
      'LOG_LEVEL',
      'PUBLIC_BASE_URL',
      'CRM_API_PORT',
    ]) {
      expect(faults.filter((fault) => fault.startsWith(`${name} is wrong`))).toHaveLength(1);
    }
  });

  it.each([
    ['AWS_ACCESS_KEY_ID', 'AKIA', 'AWS_SECRET_ACCESS_KEY', {}],
    ['AWS_SECRET_ACCESS_KEY', 'secret', 'AWS_ACCESS_KEY_ID', {}],
    ['RECORDINGS_DIR', '/recordings', 'RECORDINGS_KEY_FILE or RECORDINGS_KMS_KEY_ID', {}],
    [
      'RECORDINGS_S3_BUCKET',
      'recordings',
      'AWS_ACCESS_KEY_ID or AWS_ROLE_ARN or AWS_CONTAINER_CREDENTIALS_FULL_URI',
      { RECORDINGS_DIR: '/r', RECORDINGS_KEY_FILE: '/k' },
    ],
    ['OPENAI_SECONDARY_API_KEY', 'sk-1', 'OPENAI_REALTIME_SECONDARY_URL', {}],
    ['GUIDED_POCKETSPHINX_PATH', '/usr/bin/p', 'GUIDED_POCKETSPHINX_MODEL_DIR', {}],
  ])('tell of %s that is set by half', (name, value, missing, others) => {
    expect(faultsOf({ ...others, [name]: value })).toContainEqual(
      expect.stringContaining(`${missing} is not set, and ${name} needs it`),
    );
  });

  it('report a required setting once', () => {
    expect(faultsOf({ TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: '' })).toEqual([
      expect.stringMatching(/^TWILIO_AUTH_TOKEN is not set: /),
    ]);
    expect(faultsOf({ CONTROL_API_PORT: 'abc' })).toEqual([
      expect.stringMatching(/^CONTROL_API_PORT is wrong \(must be a number\)/),
    ]);
  });

  it('report two settings that exclude each other', () => {
    expect(
      faultsOf({
        RECORDINGS_DIR: '/r',
        RECORDINGS_KEY_FILE: '/k',
        RECORDINGS_KMS_KEY_ID: 'alias/k',
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 's',
      }),
    ).toEqual(['RECORDINGS_KEY_FILE and RECORDINGS_KMS_KEY_ID are both set: unset one of them.']);
  });

  it.each([
    ['TWILIO_ACOUNT_SID', 'TWILIO_ACCOUNT_SID'],
    ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
    ['PUBLIC_BSAE_URL', 'PUBLIC_BASE_URL'],
    ['RELAY_MAX_CALL', 'RELAY_MAX_CALLS'],
  ])('suggest for %s the setting it is near to', (name, meant) => {
    expect(faultsOf({ [name]: 'something' })).toEqual([
      `${name} is not a setting. ${meant} is, and is not set: correct the name, or take it out.`,
    ]);
  });

  it('name the misspelt variable of a required setting', () => {
    const faults = faultsOf({ TWILIO_AUTH_TOKEN: '', TWILIO_AUT_TOKEN: 'token' });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^TWILIO_AUTH_TOKEN is not set \(TWILIO_AUT_TOKEN is; is it misspelt\?\)/);
  });

  it('ignore variables that resemble no setting, or one that is set', () => {
    expect(faultsOf({ HOSTS: 'x', EDITOR: 'vi', TWILIO_AUTH_TOKENS: 'x', AWS_PROFILE: 'x' })).toEqual([]);
  });
});
