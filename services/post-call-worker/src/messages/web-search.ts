import type { TextTool } from '@tandem/models/text';
import { z } from 'zod';

/** Injection token of the {@link WebSearch}. */
export const WEB_SEARCH = Symbol('WEB_SEARCH');

/** A search engine. */
export interface WebSearch {
  /** Returns findings in words for the model; they are untrusted text of others. */
  search(query: string, signal: AbortSignal): Promise<string>;
}

/** The stand-in of a deployment without a search engine. */
export const noWebSearch: WebSearch = {
  search: () =>
    Promise.resolve('Web search is not set up here. Answer without it, and say so if you do not know.'),
};

/** The tool as the model sees it, for agents that have it. */
export const WEB_SEARCH_TOOL: TextTool = {
  name: 'web_search',
  description: 'Searches the web for facts that are not in your instructions.',
  parameters: {
    type: 'object',
    properties: { query: { type: 'string', description: 'A few words to search for.' } },
    required: ['query'],
    additionalProperties: false,
  },
};

const argumentsSchema = z.object({ query: z.string().trim().min(1).max(300) });

/** Returns the query in a tool call's arguments; null for arguments that have none. */
export function queryIn(json: string): string | null {
  try {
    return argumentsSchema.parse(JSON.parse(json)).query;
  } catch {
    return null;
  }
}
