import type { ToolOutcome } from '@tandem/contracts';
import { refused } from '../crm/outcome.ts';
import { handle } from '../tool-handler.ts';
import { webSearch } from './declaration.ts';
import { findingsForModel } from './findings.ts';

/** Faults after which the same search may work. */
const PASSING = /^(?:timeout|http-(?:429|5\d\d)|e[a-z]+)$/;

/** Searches the web. A finding's text is passed on as data. */
export const webSearchHandler = handle(webSearch, async ({ query, freshness }, context) => {
  const { web, webHosts = { allowed: [], denied: [] }, language, signal } = context;
  const result = (await web?.search(query, {
    language,
    hosts: webHosts,
    signal,
    timeoutMs: context.remainingMs(),
    ...(freshness === undefined ? {} : { freshness }),
  })) ?? { kind: 'failed', code: 'not-set-up' };
  return result.kind === 'found'
    ? { status: 'ok', value: findingsForModel(result.findings) }
    : outcomeOfFault(result.code);
});

function outcomeOfFault(code: string): ToolOutcome {
  if (code === 'not-set-up')
    return refused(code, 'Web search is not set up here. Answer without it, and say so if you do not know.');
  if (code === 'cancelled') return { status: 'cancelled' };
  if (code === 'timeout') return { status: 'timed-out' };
  return { status: 'failed', code: `web-search-${code}`, retryable: PASSING.test(code) };
}
