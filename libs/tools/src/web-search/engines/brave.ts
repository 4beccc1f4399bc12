import { z } from 'zod';
import { languageOf, readList, type SearchEngine } from './engine.ts';

const FRESHNESS = { day: 'pd', week: 'pw', month: 'pm', year: 'py' } as const;
/** Languages whose code is that of ISO 639; a language it does not know is refused with 422. */
const LANGUAGES = new Set(['de', 'en', 'es', 'fr', 'it', 'nl', 'pl', 'da', 'fi', 'sv', 'cs', 'tr']);
/** A longer query is refused (Brave, "Web Search API": `q`). */
const MAX_WORDS = 50;

const responseSchema = z.object({ web: z.object({ results: z.unknown() }).nullish() });

/** Brave's Web Search API. */
export const brave: SearchEngine = {
  url: 'https://api.search.brave.com',
  needsKey: true,
  request: (query, { count, language, freshness }, { url, apiKey }) => {
    const parameters = new URLSearchParams({
      q: query.split(/\s+/).slice(0, MAX_WORDS).join(' '),
      count: String(count),
      result_filter: 'web',
      text_decorations: 'false',
    });
    if (LANGUAGES.has(languageOf(language))) parameters.set('search_lang', languageOf(language));
    if (freshness) parameters.set('freshness', FRESHNESS[freshness]);
    return {
      method: 'GET',
      url: `${url}/res/v1/web/search?${parameters.toString()}`,
      headers: { accept: 'application/json', 'x-subscription-token': apiKey ?? '' },
      body: null,
    };
  },
  read: (body) => {
    const read = responseSchema.safeParse(body);
    if (!read.success) return null;
    // A response without findings has no `web`.
    return read.data.web ? readList(read.data.web.results, 'description') : [];
  },
};
