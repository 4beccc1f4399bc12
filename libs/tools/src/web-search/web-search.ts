import { maskNumbers, mayFind, parseJson, type WebSearchHosts } from '@tandem/contracts';
import type { HttpFailure, HttpRequest } from '../http/request.ts';
import type { HttpAnswer } from '../http/response.ts';
import { brave } from './engines/brave.ts';
import type { EngineSettings, RawFinding, SearchEngine, SearchOptions } from './engines/engine.ts';
import { searxng } from './engines/searxng.ts';
import { tavily } from './engines/tavily.ts';
import { plainText } from './plain-text.ts';

/** Something found on the web: text of others, of which nothing can be relied on. */
export interface WebFinding {
  readonly title: string;
  readonly host: string;
  readonly text: string;
}

/** How a search ended. `code` is kebab-case, `not-set-up` in a deployment without a search engine. */
export type WebSearchResult =
  | { readonly kind: 'found'; readonly findings: readonly WebFinding[] }
  | { readonly kind: 'failed'; readonly code: string };

export interface WebSearchOptions extends Partial<Pick<SearchOptions, 'count' | 'freshness'>> {
  /** BCP 47. */
  readonly language: string;
  readonly hosts: WebSearchHosts;
  readonly signal: AbortSignal;
  /** By default {@link SEARCH_MS}. */
  readonly timeoutMs?: number;
}

/** A search engine. Pages are not fetched: a finding has the engine's own excerpt. */
export interface WebSearch {
  /** Never rejects. */
  search(query: string, options: WebSearchOptions): Promise<WebSearchResult>;
}

/** The time a search may take: a caller is waiting. */
const SEARCH_MS = 2_500;
/** Findings the model is told. */
const MOST_FINDINGS = 3;
const MAX_TEXT_LENGTH = 300;
const MAX_TITLE_LENGTH = 120;
/** Findings that are asked for where hosts may have to be left out. */
const WIDE_COUNT = 10;
const MAX_QUERY_LENGTH = 300;

const ENGINES = { searxng, brave, tavily } satisfies Record<string, SearchEngine>;
export type WebSearchKind = keyof typeof ENGINES;

export interface WebSearchSettings {
  /** Undefined for none. */
  readonly kind: WebSearchKind | undefined;
  /** Undefined for the vendor's own address. */
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
}

/** Sends a request to the search engine and reads its response up to the limit. Never rejects. */
export type SendSearch = (request: HttpRequest, limitBytes: number) => Promise<HttpAnswer | HttpFailure>;

/** SearXNG sends all it has found, which is often a hundred kilobytes. */
const MAX_RESPONSE_BYTES = 512 * 1024;

const NOT_SET_UP: WebSearch = { search: () => Promise.resolve({ kind: 'failed', code: 'not-set-up' }) };

/** Returns the search engine of the settings; one that is not set up where they have no address or key. */
export function openWebSearch(settings: WebSearchSettings, send: SendSearch): WebSearch {
  const engine: SearchEngine | null = settings.kind === undefined ? null : ENGINES[settings.kind];
  const url = settings.url ?? engine?.url ?? null;
  if (engine === null || url === null || (engine.needsKey && settings.apiKey === undefined))
    return NOT_SET_UP;
  return new EngineSearch(engine, { url, apiKey: settings.apiKey ?? null }, send);
}

class EngineSearch implements WebSearch {
  constructor(
    private readonly engine: SearchEngine,
    private readonly settings: EngineSettings,
    private readonly send: SendSearch,
  ) {}

  async search(query: string, options: WebSearchOptions): Promise<WebSearchResult> {
    const { count = MOST_FINDINGS, hosts, language, freshness, signal, timeoutMs = SEARCH_MS } = options;
    const most = Math.max(1, Math.min(count, MOST_FINDINGS));
    const hasHosts = hosts.allowed.length + hosts.denied.length > 0;
    // A number that a caller has said is nothing for a search engine.
    const words = maskNumbers(query).trim().slice(0, MAX_QUERY_LENGTH);
    const wanted = { count: hasHosts ? WIDE_COUNT : most, language, freshness, hosts };
    const request = {
      ...this.engine.request(words, wanted, this.settings),
      timeoutMs: Math.max(1, Math.floor(Math.min(timeoutMs, SEARCH_MS))),
      signal,
      isOnOwnConnection: false,
    };
    const answer = await this.send(request, MAX_RESPONSE_BYTES);
    const found = this.read(answer);
    if (typeof found === 'string') return { kind: 'failed', code: found.slice(0, 60) };
    return { kind: 'found', findings: told(found, hosts, most) };
  }

  /** Returns the findings, or the code of a fault. */
  private read(answer: HttpAnswer | HttpFailure): readonly RawFinding[] | string {
    if (answer.kind === 'failure') return answer.code;
    if (answer.status !== 200) return `http-${answer.status}`;
    if (answer.isCutOff) return 'response-too-large';
    return this.engine.read(parseJson(answer.text)) ?? 'response-unreadable';
  }
}

/** Returns what the model is told: short, of allowed hosts, each page once. */
function told(found: readonly RawFinding[], hosts: WebSearchHosts, most: number): WebFinding[] {
  const pages = new Set<string>();
  return found
    .flatMap(({ title, url, text }) => {
      const host = hostOf(url);
      const finding = {
        title: plainText(title, MAX_TITLE_LENGTH),
        host: host ?? '',
        text: plainText(text, MAX_TEXT_LENGTH),
      };
      if (host === null || !mayFind(host, hosts) || finding.text === '' || pages.has(url)) return [];
      pages.add(url);
      return [finding];
    })
    .slice(0, most);
}

/** Returns the host of a page as people say it; null for what is no page of the web. */
function hostOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) ? hostname.toLowerCase().replace(/^www\./, '') : null;
}
