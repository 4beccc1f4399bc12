import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { CalendarFeed } from '@tandem/database';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';

const PURPOSE = 'calendar-feeds';
const SALT_BYTES = 24;

/** The form of a token: 32 bytes in base64url. */
export const FEED_TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Tokens of calendar feeds. Only a hash of one is stored; it is derived from a key and a random salt, so that
 * it can be shown again.
 */
@Injectable()
export class FeedTokens {
  private readonly keys: readonly Uint8Array[];

  constructor(@Inject(CONFIG) { secrets }: ServiceConfig<'crm-api'>) {
    this.keys = deriveKeys(secrets, PURPOSE).map(({ key }) => key);
  }

  /** Makes a token of a resource. */
  create(resourceId: string): Pick<CalendarFeed, 'salt' | 'tokenHash'> {
    const salt = randomBytes(SALT_BYTES).toString('base64url');
    const [key] = this.keys;
    return { salt, tokenHash: hashOf(tokenOf(key ?? new Uint8Array(), resourceId, salt)) };
  }

  /** Returns the token of a feed; null when the key it was derived from is no longer there. */
  show({ resourceId, salt, tokenHash }: CalendarFeed): string | null {
    const tokens = this.keys.map((key) => tokenOf(key, resourceId, salt));
    return tokens.find((token) => hashOf(token).equals(tokenHash)) ?? null;
  }
}

export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const tokenOf = (key: Uint8Array, resourceId: string, salt: string): string =>
  createHmac('sha256', key).update(`${resourceId}.${salt}`).digest('base64url');
