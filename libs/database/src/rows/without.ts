/**
 * Returns a row as the domain has it: without the columns that only its table needs. The one way from an
 * entity to a domain type; where the shapes differ by more than that, the difference is added to the result.
 */
export function without<Row extends object, Hidden extends keyof Row>(
  row: Row,
  ...hidden: readonly Hidden[]
): Omit<Row, Hidden> {
  const fields = Object.entries(row).filter(([name]) => !hidden.includes(name as Hidden));
  return Object.fromEntries(fields) as Omit<Row, Hidden>;
}
