import type { ReactNode } from 'react';

interface FactsProps {
  /** Names and values; a value of null leaves its line out. */
  readonly of: readonly (readonly [name: string, value: ReactNode])[];
}

/** Names beside their values. */
export function Facts({ of }: FactsProps) {
  return (
    <dl className="facts">
      {of
        .filter(([, value]) => value !== null && value !== '')
        .flatMap(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} is`}>{value}</dd>])}
    </dl>
  );
}
