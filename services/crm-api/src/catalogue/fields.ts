import { keySchema } from '@tandem/platform';
import { z } from 'zod';

/** A set of keys: sorted, each once. */
const keysSchema = (most: number) =>
  z
    .array(keySchema)
    .max(most)
    .overwrite((keys) => [...new Set(keys)].sort());

export const skillsSchema = keysSchema(50);
export const serviceKeysSchema = keysSchema(200);
export const zoneKeysSchema = keysSchema(200);
