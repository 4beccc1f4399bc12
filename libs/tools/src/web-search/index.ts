export { webSearch } from './declaration.ts';
export { findingsForModel } from './findings.ts';
export {
  openWebSearch,
  type SendSearch,
  type WebFinding,
  type WebSearch,
  type WebSearchKind,
  type WebSearchOptions,
  type WebSearchResult,
} from './web-search.ts';
