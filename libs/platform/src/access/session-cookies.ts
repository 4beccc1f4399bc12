import { Inject, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { CONFIG } from '../lifecycle/tokens.ts';
import { ConsoleOrigin } from './console-origin.ts';

/** Settings of a service that people sign in to. */
export interface SessionSettings {
  readonly consoleUrl?: string | undefined;
  readonly sessionIdleS: number;
  readonly sessionLongestS: number;
}

const SECURE_PREFIX = '__Host-';

/**
 * The cookies of the console. Over TLS their names begin with `__Host-`: browsers then take them from this
 * host alone, over TLS alone, and for all paths.
 */
@Injectable()
export class SessionCookies {
  readonly origin: ConsoleOrigin;
  private readonly longestMs: number;

  constructor(@Inject(CONFIG) { consoleUrl, sessionLongestS }: SessionSettings) {
    this.origin = new ConsoleOrigin(consoleUrl);
    this.longestMs = sessionLongestS * 1_000;
  }

  /** Returns the token of a session; null in a request without one. */
  token(request: Request): string | null {
    return this.read(request, 'tandem');
  }

  /** Kept from every request that another site causes. */
  setToken(response: Response, token: string): void {
    this.set(response, 'tandem', token, { sameSite: 'strict', maxAgeMs: this.longestMs });
  }

  clear(response: Response, name = 'tandem'): void {
    response.clearCookie(this.nameOf(name), this.attributes());
  }

  /** Returns the value of a cookie by its name without prefix; null without one. */
  read({ headers: { cookie = '' } }: Request, name: string): string | null {
    const wanted = `${this.nameOf(name)}=`;
    const found = cookie
      .split(';')
      .map((part) => part.trim())
      .find((part) => part.startsWith(wanted));
    const value = found?.slice(wanted.length) ?? '';
    return value === '' ? null : value;
  }

  set(
    response: Response,
    name: string,
    value: string,
    { sameSite, maxAgeMs }: { readonly sameSite: 'strict' | 'lax'; readonly maxAgeMs: number },
  ): void {
    const lasting = { sameSite, maxAge: maxAgeMs, encode: String };
    response.cookie(this.nameOf(name), value, { ...this.attributes(), ...lasting });
  }

  private nameOf(name: string): string {
    return `${this.origin.isSecure ? SECURE_PREFIX : ''}${name}`;
  }

  private attributes() {
    return { path: '/', httpOnly: true, secure: this.origin.isSecure };
  }
}
