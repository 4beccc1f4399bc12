/** Column option for a bigint whose values stay below 2^53: a number in the entity, not the driver's text. */
export const bigintAsNumber = {
  from: (stored: string | null): number | null => (stored === null ? null : Number(stored)),
  to: (value: number | null): number | null => value,
};
