import { webSearchHostsSchema } from '@tandem/contracts';
import { z } from 'zod';

const { allowed, denied } = webSearchHostsSchema.shape;

export const searchHostsSchema = z.object({
  allowed: z.array(z.string()).describe('Only pages of these hosts are found; empty for all.'),
  denied: z.array(z.string()).describe('No page of these is found, also where a wider host is allowed.'),
});

export const putSearchHostsSchema = z.strictObject({
  allowed: allowed.describe('Hosts such as example.com, each with its subdomains; empty for all.'),
  denied: denied.describe('Hosts that are left out, each with its subdomains.'),
});
export type PutSearchHosts = z.output<typeof putSearchHostsSchema>;
