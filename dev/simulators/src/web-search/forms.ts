import { SearchRefused, type Form, type SearchRequest } from './form.ts';

/**
 * SearXNG ("Search API" of its documentation): `GET /search`; a format that its settings do not allow gets
 * 403, an empty query 400. It knows no count.
 */
export const SEARXNG: Form = {
  read: ({ method, path, parameters }) => {
    if (path !== '/search' || method !== 'GET') throw new SearchRefused(404, 'Not Found', 'text/html');
    // Its settings allow the default, which is a page, and json.
    if (parameters.get('format') !== 'json') throw new SearchRefused(403, 'Forbidden', 'text/html');
    const query = parameters.get('q') ?? '';
    const range = parameters.get('time_range') ?? 'day';
    if (query.trim() === '' || !['day', 'month', 'year'].includes(range))
      throw new SearchRefused(400, { error: 'No query or invalid time range' });
    if (!/^(?:all|auto|[a-z]{2,3}(?:-[A-Za-z]{2,4})?)$/.test(parameters.get('language') ?? 'all'))
      throw new SearchRefused(400, { error: 'Invalid language' });
    return { query, count: Infinity };
  },
  write: (query, pages) => ({
    query,
    number_of_results: 0,
    results: pages.map(({ title, url, text }, index) => ({
      url,
      title,
      content: text,
      engine: 'duckduckgo',
      template: 'default.html',
      parsed_url: ['https', new URL(url).host, new URL(url).pathname, '', '', ''],
      engines: ['duckduckgo'],
      positions: [index + 1],
      score: 1 / (index + 1),
      category: 'general',
      publishedDate: null,
    })),
    answers: [],
    corrections: [],
    infoboxes: [],
    suggestions: [],
    unresponsive_engines: [],
  }),
};

const BRAVE_PARAMETERS = new Set([
  'q',
  'count',
  'offset',
  'country',
  'search_lang',
  'ui_lang',
  'safesearch',
  'freshness',
  'text_decorations',
  'spellcheck',
  'result_filter',
  'extra_snippets',
  'units',
]);
const BRAVE_LANGUAGES = new Set(['de', 'en', 'en-gb', 'es', 'fr', 'it', 'nl', 'pl', 'pt-br', 'jp']);

/**
 * Brave ("Web Search API"): `X-Subscription-Token`; wrong parameters get 422, a query has at
 * most 400 characters and 50 words, `count` is at most 20.
 */
export const BRAVE: Form = {
  read: ({ method, path, parameters, headers }, apiKey) => {
    if (path !== '/res/v1/web/search' || method !== 'GET')
      throw new SearchRefused(404, { type: 'ErrorResponse' });
    if (headers['x-subscription-token'] !== apiKey)
      throw braveRefusal(422, 'SUBSCRIPTION_TOKEN_INVALID', 'The provided subscription token is invalid.');
    const query = parameters.get('q') ?? '';
    const count = Number(parameters.get('count') ?? 20);
    const isFine =
      [...parameters.keys()].every((name) => BRAVE_PARAMETERS.has(name)) &&
      query.length > 0 &&
      query.length <= 400 &&
      query.split(/\s+/).length <= 50 &&
      Number.isInteger(count) &&
      count >= 1 &&
      count <= 20 &&
      /^(?:p[dwmy]|\d{4}-\d\d-\d\dto\d{4}-\d\d-\d\d)$/.test(parameters.get('freshness') ?? 'pd') &&
      BRAVE_LANGUAGES.has(parameters.get('search_lang') ?? 'en') &&
      /^(?:true|false|0|1)$/.test(parameters.get('text_decorations') ?? 'true');
    if (!isFine) throw braveRefusal(422, 'VALIDATION', 'Unable to validate request parameter(s)');
    return { query, count };
  },
  write: (query, pages) => ({
    type: 'search',
    query: { original: query, more_results_available: false },
    mixed: { type: 'mixed', main: [], top: [], side: [] },
    // Without findings there is no `web`.
    ...(pages.length === 0
      ? {}
      : {
          web: {
            type: 'search',
            family_friendly: true,
            results: pages.map(({ title, url, text }) => ({
              type: 'search_result',
              subtype: 'generic',
              title,
              url,
              description: text,
              is_source_local: false,
              is_source_both: false,
              language: 'en',
              family_friendly: true,
              profile: { name: new URL(url).host, url, long_name: new URL(url).host },
              meta_url: { scheme: 'https', netloc: new URL(url).host, hostname: new URL(url).host },
            })),
          },
        }),
  }),
};

function braveRefusal(status: number, code: string, detail: string): SearchRefused {
  return new SearchRefused(status, {
    type: 'ErrorResponse',
    error: { id: 'simulated', status, code, detail, meta: {} },
    time: 1_790_000_000,
  });
}

const TAVILY_FIELDS = new Set([
  'query',
  'auto_parameters',
  'topic',
  'search_depth',
  'chunks_per_source',
  'max_results',
  'time_range',
  'days',
  'start_date',
  'end_date',
  'include_answer',
  'include_raw_content',
  'include_images',
  'include_image_descriptions',
  'include_favicon',
  'include_domains',
  'exclude_domains',
  'country',
]);

/**
 * Tavily ("Search" of its API reference): bearer key, 401 with `detail.error` without; `max_results` 0 to 20;
 * wrong values get 400.
 */
export const TAVILY: Form = {
  read: ({ method, path, headers, body }, apiKey) => {
    if (path !== '/search' || method !== 'POST') throw new SearchRefused(404, { detail: 'Not Found' });
    if (headers.authorization !== `Bearer ${apiKey}`)
      throw new SearchRefused(401, { detail: { error: 'Unauthorized: missing or invalid API key.' } });
    const given = objectIn({ body, headers });
    const query = given?.['query'];
    const count = given?.['max_results'] ?? 5;
    const range = given?.['time_range'] ?? 'day';
    const lists = ['include_domains', 'exclude_domains'].map((name) => given?.[name] ?? []);
    const isFine =
      given !== null &&
      Object.keys(given).every((name) => TAVILY_FIELDS.has(name)) &&
      typeof query === 'string' &&
      query !== '' &&
      query.length <= 400 &&
      typeof count === 'number' &&
      count >= 0 &&
      count <= 20 &&
      ['day', 'week', 'month', 'year', 'd', 'w', 'm', 'y'].includes(String(range)) &&
      ['basic', 'advanced'].includes(String(given['search_depth'] ?? 'basic')) &&
      lists.every((list) => Array.isArray(list) && list.every((host) => typeof host === 'string'));
    if (!isFine) throw new SearchRefused(400, { detail: { error: 'Invalid request.' } });
    return { query, count };
  },
  write: (query, pages) => ({
    query,
    follow_up_questions: null,
    answer: null,
    images: [],
    results: pages.map(({ title, url, text }, index) => ({
      title,
      url,
      content: text,
      score: 0.9 - index / 100,
      raw_content: null,
    })),
    response_time: 0.4,
    request_id: '00000000-0000-4000-8000-000000000000',
  }),
};

function objectIn({
  body,
  headers,
}: Pick<SearchRequest, 'body' | 'headers'>): Record<string, unknown> | null {
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) return null;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
