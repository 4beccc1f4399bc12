import { readFileSync } from 'node:fs';

/** Something a caller says to have tools do what they must not. */
export interface Attempt {
  readonly id: string;
  /** The harm that is meant; `worst-case-model.ts` has the tool calls. */
  readonly goal: string;
  /** The way it is said, such as `role-play`, `encoded` or `system-text`. */
  readonly style: string;
  /** BCP 47. */
  readonly language: string;
  readonly words: string;
}

/** Three hundred attempts: twenty harms, each said in fifteen ways. */
export const ATTEMPTS = JSON.parse(
  readFileSync(new URL('attempts.json', import.meta.url), 'utf8'),
) as readonly Attempt[];
