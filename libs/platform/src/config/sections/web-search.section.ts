import { z } from 'zod';
import { section } from '../setting.ts';
import { url } from './forms.ts';

export const webSearchSection = section('Web search', 'The search engine of the tool `web_search`.', {
  webSearchKind: {
    env: 'WEB_SEARCH_KIND',
    needs: [['WEB_SEARCH_URL', 'WEB_SEARCH_API_KEY']],
    schema: z.enum(['searxng', 'brave', 'tavily']).optional(),
    description:
      'The engine: `searxng`, which you run yourself and whose settings must allow the format json, ' +
      '`brave` or `tavily`.',
    whenUnset: 'agents with `web_search` are told that it is not set up',
    example: 'searxng',
  },
  webSearchUrl: {
    env: 'WEB_SEARCH_URL',
    needs: ['WEB_SEARCH_KIND'],
    schema: url('http', 'https').optional(),
    description: 'Its address, also in a private network.',
    whenUnset: 'that of Brave or Tavily; SearXNG is not used without',
    example: 'http://searxng:8080',
  },
  webSearchApiKey: {
    env: 'WEB_SEARCH_API_KEY',
    needs: ['WEB_SEARCH_KIND'],
    schema: z.string().min(1).max(500).optional(),
    isSecret: true,
    description: 'Its key. SearXNG needs none.',
    whenUnset: 'Brave and Tavily are not used: as without WEB_SEARCH_KIND',
  },
});
