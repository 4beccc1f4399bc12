import { checkAllServices } from '@tandem/platform';

type Environment = Readonly<Record<string, string>>;

/**
 * Checks the settings of all services as they will be, before anything is made or started.
 * @param isPublished whether this is the stack others reach, and not one beside it
 * @throws ConfigurationFault listing every fault
 */
export function checkSettings(env: Environment, isPublished: boolean): void {
  checkAllServices(
    {
      ...PROVIDED,
      ...providedFor(env, { twilioAuthToken: 'made later', keyFile: 'made later' }),
      ...env,
      ...SERVERS,
    },
    isPublished ? halfAddresses(env) : [],
  );
}

/** Values the stack provides for unset settings; none for half of a pair whose other half is set. */
export function providedFor(
  env: Environment,
  made: { readonly twilioAuthToken: string; readonly keyFile: string },
): Record<string, string> {
  const isRealAccount = Boolean(env.TWILIO_ACCOUNT_SID ?? env.PUBLIC_BASE_URL);
  return {
    ...(isRealAccount ? {} : { TWILIO_AUTH_TOKEN: made.twilioAuthToken }),
    ...(env.RECORDINGS_KMS_KEY_ID ? {} : { RECORDINGS_KEY_FILE: made.keyFile }),
  };
}

/** Placeholders for settings the stack makes itself when it starts. */
const PROVIDED = { TANDEM_SECRET: 'x'.repeat(32), RECORDINGS_DIR: 'made later', RELAY_ID: 'relay-1' };
const SERVERS = { DATABASE_URL: 'postgres://started.later/tandem', REDIS_URL: 'redis://started.later' };

/** Faults of public addresses: a real carrier needs both of them. */
function halfAddresses(env: Environment): string[] {
  const { PUBLIC_BASE_URL: base, PUBLIC_MEDIA_URL: media, RELAY_ADDRESS: relay } = env;
  if (base && !media && !relay)
    return [
      'PUBLIC_MEDIA_URL is not set, and PUBLIC_BASE_URL needs it: the wss address under which Twilio ' +
        'reaches the relays.',
    ];
  if (media && !base)
    return [
      'PUBLIC_BASE_URL is not set, and PUBLIC_MEDIA_URL needs it: the https address under which Twilio ' +
        'reaches call-ingress.',
    ];
  return [];
}
