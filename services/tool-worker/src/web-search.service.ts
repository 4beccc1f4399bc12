import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { clientOfDeployment, CONFIG, type ServiceConfig } from '@tandem/platform';
import {
  openWebSearch,
  type WebSearch,
  type WebSearchOptions,
  type WebSearchResult,
} from '@tandem/tools/web-search';

/** The search engine of the deployment. */
@Injectable()
export class WebSearchService implements WebSearch, OnApplicationShutdown {
  private readonly client = clientOfDeployment();
  private readonly engine: WebSearch;

  constructor(@Inject(CONFIG) config: WebSearchConfig) {
    const { webSearchKind: kind, webSearchUrl: url, webSearchApiKey: apiKey } = config;
    this.engine = openWebSearch({ kind, url, apiKey }, (request, limitBytes) =>
      this.client.ask(request, limitBytes),
    );
  }

  search(query: string, options: WebSearchOptions): Promise<WebSearchResult> {
    return this.engine.search(query, options);
  }

  onApplicationShutdown(): void {
    this.client.close();
  }
}

type WebSearchConfig = Pick<
  ServiceConfig<'tool-worker'>,
  'webSearchKind' | 'webSearchUrl' | 'webSearchApiKey'
>;
