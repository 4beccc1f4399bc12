import type { IncomingMessage } from 'node:http';

/** A page the simulated engine finds. */
export interface SimulatedPage {
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

export type WebSearchForm = 'searxng' | 'brave' | 'tavily';

/** A request as it came in. */
export interface SearchRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A refusal in the form of the engine. */
export class SearchRefused extends Error {
  override readonly name = 'SearchRefused';
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly mediaType = 'application/json',
  ) {
    super(`refused with ${status}`);
  }
}

/** The wire form of one engine. */
export interface Form {
  /** Returns what is asked for. @throws SearchRefused for what the real engine refuses */
  read(request: SearchRequest, apiKey: string): { readonly query: string; readonly count: number };
  write(query: string, pages: readonly SimulatedPage[]): unknown;
}
