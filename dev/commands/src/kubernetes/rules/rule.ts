import type { RenderedSet } from '../render.ts';

/** One thing that must hold in every set of objects. */
export interface Rule {
  readonly name: string;
  /** Returns one sentence for each object that breaks it. */
  readonly faultsOf: (set: RenderedSet) => readonly string[];
}
