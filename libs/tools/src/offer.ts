import type { Slot } from './crm/crm-responses.ts';
import { spokenTime } from './spoken.ts';

/** A time the model can offer and book. */
export interface OfferedSlot {
  readonly start: string;
  readonly end: string;
  readonly resource: string;
  readonly spoken: string;
}

// A type, not the interface, where it becomes JSON: interfaces have no index signature.
export function toOfferedSlot(
  slot: Slot,
  language: string,
): { [Field in keyof OfferedSlot]: OfferedSlot[Field] } {
  return {
    start: slot.start,
    end: slot.end,
    resource: slot.resource.name,
    spoken: spokenTime(slot.start, language),
  };
}
