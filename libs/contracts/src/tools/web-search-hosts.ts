import { z } from 'zod';

/** The most hosts of one list. */
const MAX_HOSTS = 100;

const hostSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/,
    'must be a host such as example.com, without scheme, port and path',
  );

const hostsSchema = z
  .array(hostSchema)
  .max(MAX_HOSTS)
  .transform((hosts) => [...new Set(hosts)]);

/** The hosts whose pages a tenant's agents may find on the web. A host stands for its subdomains, too. */
export const webSearchHostsSchema = z.object({
  /** Only these; empty for all. */
  allowed: hostsSchema.default([]),
  /** None of these, not even where a wider host is allowed. */
  denied: hostsSchema.default([]),
});
export type WebSearchHosts = z.output<typeof webSearchHostsSchema>;

/** Returns whether pages of a host may be found. */
export function mayFind(host: string, { allowed, denied }: WebSearchHosts): boolean {
  const isIn = (hosts: readonly string[]) =>
    hosts.some((known) => host === known || host.endsWith(`.${known}`));
  return !isIn(denied) && (allowed.length === 0 || isIn(allowed));
}
