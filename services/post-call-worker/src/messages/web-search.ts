import { parseJson, type AgentSnapshot } from '@tandem/contracts';
import type { TextTool } from '@tandem/models/text';
import { clientOfDeployment, type ServiceConfig } from '@tandem/platform';
import { findingsForModel, openWebSearch, webSearch, type WebSearch } from '@tandem/tools/web-search';

/** Injection token of the {@link WebSearch}. */
export const WEB_SEARCH = Symbol('WEB_SEARCH');

/** Returns the search engine of the deployment. */
export function webSearchOf(
  config: Pick<ServiceConfig<'post-call-worker'>, 'webSearchKind' | 'webSearchUrl' | 'webSearchApiKey'>,
): WebSearch {
  const { webSearchKind: kind, webSearchUrl: url, webSearchApiKey: apiKey } = config;
  const client = clientOfDeployment();
  return openWebSearch({ kind, url, apiKey }, (request, limitBytes) => client.ask(request, limitBytes));
}

/** The tool as the model sees it, for agents that have it. */
export const WEB_SEARCH_TOOL: TextTool = {
  name: webSearch.name,
  description: webSearch.description,
  parameters: webSearch.parameters,
};

const NOT_SET_UP = 'Web search is not set up here. Answer without it, and say so if you do not know.';
const FAILED = 'The web could not be searched. Answer without it, and say so if you do not know.';

/** Searches for what a tool call asks for. Returns words for the model: untrusted text of others. */
export async function searchFor(
  web: WebSearch,
  json: string,
  { language, webSearch: hosts }: Pick<AgentSnapshot, 'language' | 'webSearch'>,
  signal: AbortSignal,
): Promise<string> {
  const asked = webSearch.parse(parseJson(json));
  if (!asked.ok) return `Wrong arguments: ${asked.problem}.`;
  const { query, freshness } = asked.value;
  const found = await web.search(query, { language, hosts, signal, ...(freshness ? { freshness } : {}) });
  if (found.kind === 'found') return JSON.stringify(findingsForModel(found.findings));
  return found.code === 'not-set-up' ? NOT_SET_UP : FAILED;
}
