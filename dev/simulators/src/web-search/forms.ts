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

/** Values of Brave's parameters; another parameter is refused. */
const BRAVE_PARAMETERS = new Map<string, RegExp>([
  ['q', /^\S+(?:\s+\S+){0,49}$/],
  ['count', /^(?:[1-9]|1\d|20)$/],
  ['offset', /^\d$/],
  ['country', /^[A-Z]{2}$/],
  ['search_lang', /^(?:de|en|en-gb|es|fr|it|nl|pl|pt-br|jp|da|fi|sv|cs|tr)$/],
  ['safesearch', /^(?:off|moderate|strict)$/],
  ['freshness', /^(?:p[dwmy]|\d{4}-\d\d-\d\dto\d{4}-\d\d-\d\d)$/],
  ['text_decorations', /^(?:true|false|0|1)$/],
  ['spellcheck', /^(?:true|false|0|1)$/],
  ['result_filter', /^[a-z,]+$/],
  ['extra_snippets', /^(?:true|false|0|1)$/],
]);

/**
 * Brave ("Web Search API"): `X-Subscription-Token`; wrong parameters get 422, a query has at most 400
 * characters and 50 words, `count` is at most 20.
 */
export const BRAVE: Form = {
  read: ({ method, path, parameters, headers }, apiKey) => {
    if (path !== '/res/v1/web/search' || method !== 'GET')
      throw new SearchRefused(404, { type: 'ErrorResponse' });
    if (headers['x-subscription-token'] !== apiKey)
      throw braveRefusal(422, 'SUBSCRIPTION_TOKEN_INVALID', 'The provided subscription token is invalid.');
    const query = parameters.get('q') ?? '';
    const isFine =
      query !== '' &&
      query.length <= 400 &&
      [...parameters].every(([name, value]) => BRAVE_PARAMETERS.get(name)?.test(value) === true);
    if (!isFine) throw braveRefusal(422, 'VALIDATION', 'Unable to validate request parameter(s)');
    return { query, count: Number(parameters.get('count') ?? 20) };
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

const isHosts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((host) => typeof host === 'string');
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isOneOf =
  (...known: readonly string[]) =>
  (value: unknown): boolean =>
    typeof value === 'string' && known.includes(value);

/** Values of Tavily's fields; another field is refused. */
const TAVILY_FIELDS = new Map<string, (value: unknown) => boolean>([
  ['query', (value) => typeof value === 'string' && value !== '' && value.length <= 400],
  ['topic', isOneOf('general', 'news', 'finance')],
  ['search_depth', isOneOf('basic', 'advanced')],
  ['max_results', (value) => typeof value === 'number' && value >= 0 && value <= 20],
  ['time_range', isOneOf('day', 'week', 'month', 'year', 'd', 'w', 'm', 'y')],
  ['include_answer', isFlag],
  ['include_raw_content', isFlag],
  ['include_images', isFlag],
  ['include_domains', isHosts],
  ['exclude_domains', isHosts],
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
    const isFine =
      given !== null &&
      'query' in given &&
      Object.entries(given).every(([name, value]) => TAVILY_FIELDS.get(name)?.(value) === true);
    if (!isFine) throw new SearchRefused(400, { detail: { error: 'Invalid request.' } });
    return { query: String(given['query']), count: Number(given['max_results'] ?? 5) };
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
