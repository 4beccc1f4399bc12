import type { DocumentSource } from '../documents/document-source.ts';

/** The step after a verb. */
export type Step =
  | { readonly kind: 'next' }
  | { readonly kind: 'finished' }
  | { readonly kind: 'fetch'; readonly source: DocumentSource }
  | { readonly kind: 'hangup' }
  | { readonly kind: 'reject'; readonly isBusy: boolean }
  | { readonly kind: 'leave' };

export const NEXT: Step = { kind: 'next' };
