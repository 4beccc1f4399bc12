import { Inject, Injectable } from '@nestjs/common';
import { Sealer } from '@tandem/call-state';
import type { ApiKey } from '@tandem/database';
import { CONFIG, deriveKeys, type ServiceConfig } from '@tandem/platform';
import type { z } from 'zod';
import { toKeyDto, type apiKeySchema, type newKeySchema } from './api-key.dto.ts';

/** A new key as its answer is stored: for a week, to be repeated under the same Idempotency-Key. */
export type SealedKey = z.output<typeof apiKeySchema> & { readonly sealedKey: string };

const PURPOSE = 'api keys in answers';
const placeOf = (id: string): string => `api-key:${id}`;

/** Seals new API keys in stored answers, so that no table of ours has one in clear text. */
@Injectable()
export class SealedKeys {
  private readonly sealer: Sealer;

  constructor(@Inject(CONFIG) { secrets }: Pick<ServiceConfig<'control-api'>, 'secrets'>) {
    this.sealer = new Sealer(deriveKeys(secrets, PURPOSE));
  }

  seal(made: ApiKey, key: string): SealedKey {
    return { ...toKeyDto(made), sealedKey: this.sealer.seal(key, placeOf(made.id)) };
  }

  /** Returns the body that is sent: with the key. */
  open({ sealedKey, ...made }: SealedKey): z.output<typeof newKeySchema> {
    return { ...made, key: String(this.sealer.open(sealedKey, placeOf(made.id))) };
  }
}
