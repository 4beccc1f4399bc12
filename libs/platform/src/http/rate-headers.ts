import type { OpenAPIObject } from '@nestjs/swagger';

type Json = Record<string, unknown>;

/** Headers of every response to a request with an API key; see `RateLimit` in ../access/rate-limit.ts. */
const HEADERS = {
  'RateLimit-Policy': {
    description: 'Requests (`q`) the API key may send in `w` seconds.',
    schema: { type: 'string' as const, example: '"per-key";q=6000;w=60' },
  },
  RateLimit: {
    description: 'Requests left (`r`), and seconds until all are (`t`).',
    schema: { type: 'string' as const, example: '"per-key";r=5990;t=1' },
  },
};

/** Describes the headers in the responses of every operation that needs a credential. */
export function addRateHeaders(document: OpenAPIObject): void {
  document.components = { ...document.components, headers: HEADERS };
  const references = Object.fromEntries(
    Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
  for (const path of Object.values(document.paths as Record<string, Json>))
    for (const { security, responses } of Object.values(path) as Json[])
      if (security !== undefined)
        for (const response of Object.values((responses ?? {}) as Record<string, Json>))
          response['headers'] = { ...(response['headers'] as Json | undefined), ...references };
}
