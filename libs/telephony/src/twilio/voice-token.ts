import twilio from 'twilio';

/** The API key that signs access tokens, and the TwiML application calls go to. */
export interface VoiceTokenKey {
  readonly accountSid: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  readonly twimlAppSid: string;
}

/** Identities that Twilio takes (twilio.com/docs/voice/sdks); a call comes from `client:<identity>`. */
const VOICE_IDENTITY = /^[A-Za-z0-9_]{1,121}$/;

/**
 * Makes an access token with which an app places calls as `identity` to the TwiML application, and to nothing
 * else. It cannot be revoked; deleting the API key ends all its tokens.
 * @throws TypeError when Twilio does not take the identity
 */
export function voiceToken(key: VoiceTokenKey, identity: string, lifetimeS: number): string {
  if (!VOICE_IDENTITY.test(identity)) throw new TypeError('Twilio does not take this identity.');
  const { AccessToken } = twilio.jwt;
  const token = new AccessToken(key.accountSid, key.apiKeySid, key.apiKeySecret, {
    identity,
    ttl: lifetimeS,
  });
  token.addGrant(
    new AccessToken.VoiceGrant({ outgoingApplicationSid: key.twimlAppSid, incomingAllow: false }),
  );
  return token.toJwt();
}
