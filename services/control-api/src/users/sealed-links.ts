import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import type { SignInLink } from '@tandem/database';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';
import type { z } from 'zod';
import type { linkAnswerSchema } from './user.dto.ts';

/** A link as its answer is stored: for a week, to be repeated under the same Idempotency-Key. */
export interface SealedLink {
  readonly sealedLink: string;
  readonly expiresAt: string;
}

const PURPOSE = 'sign-in links in answers';
const placeOf = (expiresAt: string): string => `sign-in-link:${expiresAt}`;

/** Seals links in stored answers, and writes their address. */
@Injectable()
export class SealedLinks {
  private readonly sealer: Sealer;
  private readonly base: string;

  constructor(@Inject(CONFIG) { secrets, consoleUrl, port }: ServiceConfig<'control-api'>) {
    this.sealer = new Sealer(deriveKeys(secrets, PURPOSE));
    this.base = consoleUrl ?? `http://localhost:${port}`;
  }

  seal({ token, expiresAt }: SignInLink): SealedLink {
    const at = expiresAt.toISOString();
    return { sealedLink: this.sealer.seal(token, placeOf(at)), expiresAt: at };
  }

  /** Returns the link that is sent. Its token is in the fragment, which no server and no log gets to see. */
  open({ sealedLink, expiresAt }: SealedLink): z.output<typeof linkAnswerSchema> {
    const token = String(this.sealer.open(sealedLink, placeOf(expiresAt)));
    return { url: `${this.base}/console/#link=${token}`, expiresAt };
  }
}
