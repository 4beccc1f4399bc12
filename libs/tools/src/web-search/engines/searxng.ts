import { z } from 'zod';
import { languageOf, readList, type SearchEngine } from './engine.ts';

/** Time ranges of SearXNG ("Search API"), which knows no week: a month holds it. */
const TIME_RANGES = { day: 'day', week: 'month', month: 'month', year: 'year' } as const;

const responseSchema = z.object({ results: z.unknown() });

/**
 * SearXNG, which one runs oneself. Its settings must allow the format `json`; without, it answers 403
 * (SearXNG, "Search API"). It has no limit of results.
 */
export const searxng: SearchEngine = {
  url: null,
  needsKey: false,
  request: (query, { language, freshness }, { url, apiKey }) => {
    const parameters = new URLSearchParams({ q: query, format: 'json', language: languageOf(language) });
    if (freshness) parameters.set('time_range', TIME_RANGES[freshness]);
    return {
      method: 'GET',
      url: `${url}/search?${parameters.toString()}`,
      // A key is no part of SearXNG: a proxy in front of it may want one.
      headers: {
        accept: 'application/json',
        ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: null,
    };
  },
  read: (body) => {
    const read = responseSchema.safeParse(body);
    return read.success ? readList(read.data.results, 'content') : null;
  },
};
