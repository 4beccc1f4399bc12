export type { SimulatedPage, WebSearchForm } from './form.ts';
export { WebSearchSimulator } from './web-search-simulator.ts';
