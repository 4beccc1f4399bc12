import { z } from 'zod';
import { readList, type SearchEngine } from './engine.ts';

const responseSchema = z.object({ results: z.unknown() });

/** Tavily's search. It leaves hosts out itself. */
export const tavily: SearchEngine = {
  url: 'https://api.tavily.com',
  needsKey: true,
  request: (query, { count, freshness, hosts }, { url, apiKey }) => ({
    method: 'POST',
    url: `${url}/search`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: `Bearer ${apiKey ?? ''}`,
    },
    body: JSON.stringify({
      query,
      search_depth: 'basic',
      max_results: count,
      ...(freshness ? { time_range: freshness } : {}),
      ...(hosts.allowed.length > 0 ? { include_domains: hosts.allowed } : {}),
      ...(hosts.denied.length > 0 ? { exclude_domains: hosts.denied } : {}),
    }),
  }),
  read: (body) => {
    const read = responseSchema.safeParse(body);
    return read.success ? readList(read.data.results, 'content') : null;
  },
};
