import { describe, expect, it } from '@jest/globals';
import { ConfigurationFault } from './load-config.ts';
import { ignoredVariables, loadServiceConfig } from './services.ts';

const secret = 'x'.repeat(32);
const good = {
  TANDEM_SECRET: secret,
  REDIS_URL: 'redis://localhost:6379',
  DATABASE_URL: 'postgres://a:b@localhost/tandem',
  TWILIO_AUTH_TOKEN: 'token',
  RELAY_ID: 'relay-1',
};

const faultsOf = (run: () => unknown): readonly string[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigurationFault) return error.faults;
    throw error;
  }
  return [];
};

describe('configuration', () => {
  it('has a default for every optional setting', () => {
    const config = loadServiceConfig('call-ingress', good);
    expect(config).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      logLevel: 'info',
      databasePoolSize: 10,
      secrets: [secret],
    });
    expect(config.publicBaseUrl).toBeUndefined();
  });

  it('names every fault at once, with what the setting is for', () => {
    const faults = faultsOf(() =>
      loadServiceConfig('call-ingress', {
        ...good,
        REDIS_URL: 'localhost',
        CALL_INGRESS_PORT: '99999',
        TANDEM_SECRET: 'short',
        DATABASE_URL: undefined,
      }),
    );
    expect(faults).toHaveLength(4);
    expect(faults.join('\n')).toMatch(/REDIS_URL is wrong.*redis:\/\//);
    expect(faults.join('\n')).toMatch(/DATABASE_URL is not set: Address of the database/);
    expect(faults.join('\n')).not.toContain('short');
  });

  it('treats the address Kubernetes sets in place of a port as unset', () => {
    for (const [service, env, port] of [
      ['call-ingress', 'CALL_INGRESS_PORT', 8080],
      ['media-relay', 'MEDIA_RELAY_PORT', 8081],
      ['crm-api', 'CRM_API_PORT', 8082],
      ['control-api', 'CONTROL_API_PORT', 8083],
      ['tool-worker', 'TOOL_WORKER_PORT', 8084],
      ['post-call-worker', 'POST_CALL_WORKER_PORT', 8085],
    ] as const) {
      const environment = {
        ...good,
        [env]: 'tcp://10.96.12.7:8080',
        MANAGEMENT_PORT: 'udp://10.96.12.8:9464',
      };
      expect(loadServiceConfig(service, environment)).toMatchObject({ port, managementPort: undefined });
      expect(ignoredVariables(service, environment).sort()).toEqual([env, 'MANAGEMENT_PORT'].sort());
    }
    expect(ignoredVariables('crm-api', { ...good, CRM_API_PORT: '8082' })).toEqual([]);
    expect(
      faultsOf(() => loadServiceConfig('tool-worker', { ...good, CRM_API_URL: 'tcp://10.96.12.7:8082' })),
    ).toHaveLength(1);
  });

  it.each([
    ['ASTERISK_ALLOWED_NETWORKS', '10.0.0.256/8'],
    ['ASTERISK_ALLOWED_NETWORKS', '10.0.0.0/33'],
    ['ASTERISK_ALLOWED_NETWORKS', '10.0.0.0'],
    ['ASTERISK_ALLOWED_NETWORKS', 'fe80::1%eth0/64'],
    ['TRUSTED_PROXIES', ':::/64'],
    ['TRUSTED_PROXIES', '0.0.0.0/0'],
    ['TRUSTED_PROXIES', '10.20.0.0/16,::/0'],
  ])('names %s as wrong when it is %s', (env, value) => {
    const faults = faultsOf(() => loadServiceConfig('call-ingress', { ...good, [env]: value }));
    expect(faults).toEqual([expect.stringMatching(`^${env} is wrong`)]);
  });

  it('takes networks of both families', () => {
    const networks = ['0.0.0.0/0', '::/0', '10.20.0.1/32', 'fd00::/8', '::1/128'];
    expect(
      loadServiceConfig('call-ingress', { ...good, ASTERISK_ALLOWED_NETWORKS: networks.join(', ') }),
    ).toMatchObject({ asteriskNetworks: networks });
  });

  it('treats an empty value as unset', () => {
    expect(loadServiceConfig('media-relay', { ...good, OPENAI_API_KEY: '', LOG_LEVEL: '' })).toMatchObject({
      logLevel: 'info',
      openaiApiKey: undefined,
    });
  });

  it('accepts two auth tokens and several secrets for rotation, not three tokens', () => {
    expect(
      loadServiceConfig('call-ingress', { ...good, TWILIO_AUTH_TOKEN: 'new, old' }).twilioAuthTokens,
    ).toEqual(['new', 'old']);
    expect(
      loadServiceConfig('call-ingress', { ...good, TANDEM_SECRET: `${secret},${'y'.repeat(40)}` }).secrets,
    ).toHaveLength(2);
    expect(
      faultsOf(() => loadServiceConfig('call-ingress', { ...good, TWILIO_AUTH_TOKEN: 'a,b,c' })),
    ).toHaveLength(1);
  });

  it('removes a trailing slash, which would break signatures', () => {
    expect(
      loadServiceConfig('call-ingress', { ...good, PUBLIC_BASE_URL: 'https://voice.example.com/' })
        .publicBaseUrl,
    ).toBe('https://voice.example.com');
  });

  it.each(['Relay-1', 'relay_1', '-relay', 'a'.repeat(70), ''])(
    'refuses the relay id "%s", which stands in addresses',
    (id) => {
      expect(faultsOf(() => loadServiceConfig('media-relay', { ...good, RELAY_ID: id }))).toHaveLength(1);
    },
  );
});
