import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settingNames, withSecretFiles } from './all-services.ts';
import { ConfigurationFault } from './load-config.ts';
import { loadServiceConfig } from './services.ts';

const SECRET = 's'.repeat(40);

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-secrets-'));
  const file = (name: string) => resolve(folder, name);

  beforeAll(() => {
    writeFileSync(file('secret'), `${SECRET}\n`);
    writeFileSync(file('redis'), 'redis://cache:6379');
    writeFileSync(file('empty'), '\n');
    writeFileSync(file('large'), 'x'.repeat(65_537));
    writeFileSync(file('lines'), `${SECRET}\n${SECRET}\n`);
    writeFileSync(file('zero'), `${SECRET}\0`);
    writeFileSync(file('bytes'), Buffer.concat([Buffer.from(SECRET), Buffer.from([0xff])]));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const environment = (changes: Record<string, string | undefined> = {}) => ({
    TANDEM_SECRET_FILE: file('secret'),
    REDIS_URL_FILE: file('redis'),
    CRM_API_URL: 'http://crm-api:8082',
    ...changes,
  });
  const faultsOf = (changes: Record<string, string | undefined>): readonly string[] => {
    try {
      loadServiceConfig('tool-worker', environment(changes));
      return [];
    } catch (error) {
      if (error instanceof ConfigurationFault) return error.faults;
      throw error;
    }
  };

  it('is read without the line end at its end', () => {
    const { secrets, redisUrl } = loadServiceConfig('tool-worker', environment());
    expect([secrets, redisUrl]).toEqual([[SECRET], 'redis://cache:6379']);
  });

  it('is checked like any other value', () => {
    writeFileSync(file('short'), 'short');
    expect(faultsOf({ TANDEM_SECRET_FILE: file('short') })).toEqual([
      expect.stringMatching(/^TANDEM_SECRET, read from TANDEM_SECRET_FILE, is wrong/),
    ]);
  });

  it.each([
    ['is missing', 'nowhere', /^TANDEM_SECRET_FILE is wrong \(the file cannot be read: ENOENT\)/],
    ['is empty', 'empty', /^TANDEM_SECRET_FILE is wrong \(the file is empty\)/],
    ['is too large', 'large', /^TANDEM_SECRET_FILE is wrong \(the file has more than 65536 bytes\)/],
    ['is a folder', '.', /^TANDEM_SECRET_FILE is wrong \(it names no ordinary file\)/],
    ['is a device', '/dev/zero', /^TANDEM_SECRET_FILE is wrong \(it names no ordinary file\)/],
    ['has two lines', 'lines', /^TANDEM_SECRET_FILE is wrong \(the file holds more than one line/],
    ['holds U+0000', 'zero', /^TANDEM_SECRET_FILE is wrong \(the file holds more than one line, or control/],
    ['is no text', 'bytes', /^TANDEM_SECRET_FILE is wrong \(the file is no text in UTF-8\)/],
  ])('is told when the file %s, once and without its path', (_what, name, text) => {
    const faults = faultsOf({ TANDEM_SECRET_FILE: file(name) });
    expect(faults).toEqual([expect.stringMatching(text)]);
    expect(faults.join()).not.toContain(folder);
  });

  it('is refused beside the value itself', () => {
    expect(faultsOf({ TANDEM_SECRET: SECRET })).toEqual([
      expect.stringMatching(/^TANDEM_SECRET and TANDEM_SECRET_FILE are both set \(unset one of them\)/),
    ]);
  });

  it('is for secrets only: another variable that ends so keeps its meaning', () => {
    const read = withSecretFiles({ RECORDINGS_KEY_FILE: '/k', LOG_LEVEL_FILE: file('secret') });
    expect(read).toMatchObject({ RECORDINGS_KEY_FILE: '/k', LOG_LEVEL_FILE: file('secret') });
    expect(read['LOG_LEVEL']).toBeUndefined();
  });

  it('that cannot be read is told beside all other faults of a deployment', () => {
    const read = withSecretFiles(environment({ TANDEM_SECRET_FILE: file('nowhere') }));
    expect(read).toMatchObject({ TANDEM_SECRET_FILE: file('nowhere'), REDIS_URL: 'redis://cache:6379' });
  });

  it('whose variable is misspelt is asked for with what was written', () => {
    expect(faultsOf({ REDIS_URL_FILE: undefined, REDIS_URL_FIL: file('redis') })).toEqual([
      expect.stringMatching(/^REDIS_URL is not set \(REDIS_URL_FIL is; is it misspelt\?\)/),
    ]);
  });

  it('has a name that is known, so that a misspelt one is told', () => {
    expect(settingNames().has('REDIS_URL_FILE')).toBe(true);
    expect(settingNames().has('LOG_LEVEL_FILE')).toBe(false);
  });
});
