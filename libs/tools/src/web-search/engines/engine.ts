import type { WebSearchHosts } from '@tandem/contracts';
import { z } from 'zod';
import type { HttpRequest } from '../../http/request.ts';

/** How old a page may be. */
export const FRESHNESS = ['day', 'week', 'month', 'year'] as const;
export type Freshness = (typeof FRESHNESS)[number];

export interface SearchOptions {
  readonly count: number;
  /** BCP 47. */
  readonly language: string;
  readonly freshness: Freshness | undefined;
  /** For an engine that can leave hosts out itself; the others' findings are sorted out later. */
  readonly hosts: WebSearchHosts;
}

export interface EngineSettings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly apiKey: string | null;
}

/** A finding as the engine has it. */
export interface RawFinding {
  readonly title: string;
  readonly url: string;
  readonly text: string;
}

/** The wire form of one search engine. */
export interface SearchEngine {
  /** The vendor's own address; null for an engine one runs oneself. */
  readonly url: string | null;
  readonly needsKey: boolean;
  request(
    query: string,
    options: SearchOptions,
    settings: EngineSettings,
  ): Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>;
  /** Returns the findings of a response, the best one first; null for one that cannot be read. */
  read(body: unknown): readonly RawFinding[] | null;
}

/** Most findings that are read of a response. */
const MOST_READ = 60;

/** Returns the reader of a list whose entries have the text under one name; entries without one are left. */
export function readList(body: unknown, textName: 'content' | 'description'): RawFinding[] | null {
  const list = z.array(z.unknown()).safeParse(body);
  if (!list.success) return null;
  return list.data.slice(0, MOST_READ).flatMap((entry) => {
    const read = entrySchema.safeParse(entry);
    if (!read.success) return [];
    const { title, url } = read.data;
    return [{ title, url, text: read.data[textName] ?? '' }];
  });
}

const entrySchema = z.object({
  title: z.string().default(''),
  url: z.string().max(2_048),
  content: z.string().nullish(),
  description: z.string().nullish(),
});

/** Returns the language without its region: `en`. */
export const languageOf = (tag: string): string => tag.split('-')[0]?.toLowerCase() ?? 'en';
