import { webSearchHostsSchema } from '@tandem/contracts';
import { z } from 'zod';

const { allowed, denied } = webSearchHostsSchema.shape;

const HOSTS_EXAMPLE = { allowed: ['example.com', 'example.org'], denied: ['forum.example.com'] };

export const searchHostsSchema = z
  .object({
    allowed: z.array(z.string()).describe('Only pages of these hosts are found; empty for all.'),
    denied: z.array(z.string()).describe('No page of these is found, also where a wider host is allowed.'),
  })
  .meta({ example: HOSTS_EXAMPLE });

export const putSearchHostsSchema = z
  .strictObject({
    allowed: allowed.describe('Hosts such as example.com, each with its subdomains; empty for all.'),
    denied: denied.describe('Hosts that are left out, each with its subdomains.'),
  })
  .meta({ example: HOSTS_EXAMPLE });
export type PutSearchHosts = z.output<typeof putSearchHostsSchema>;
