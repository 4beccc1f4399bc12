import type { Conditions } from './conditions.ts';

/** One row of the table. `isKept` is null where nothing is promised. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  readonly promised: string;
  readonly isKept: boolean | null;
}

/** A figure nothing is promised about. */
export const told = (what: string, found: string): Finding => ({ what, found, promised: '', isKept: null });
/** A figure beside its promise. */
export const held = (what: string, found: string, promised: string, isKept: boolean): Finding => ({
  what,
  found,
  promised,
  isKept,
});

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Returns what else happened while a part was measured. */
export function conditions({
  measuredAt,
  othersShare,
  otherCoreShare,
  isRecorded,
  link = 'no round trip',
}: Conditions): string {
  return (
    `${measuredAt.slice(0, 10)}, calls ${isRecorded ? 'recorded' : 'not recorded'}, ${link}; ` +
    `${percent(othersShare)} of the relay's core went to others, the other core was ` +
    `${percent(otherCoreShare)} busy`
  );
}
