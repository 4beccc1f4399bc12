import type { z } from 'zod';

/** One value read from the environment, with everything its documentation needs. */
export interface Setting<Value> {
  readonly env: string;
  readonly schema: z.ZodType<Value>;
  readonly description: string;
  /** Unit of a number, such as `ms`; shown in the documentation. */
  readonly unit?: string;
  /** Masked wherever configuration is shown. */
  readonly isSecret?: boolean;
  /** Shown in `.env.example` in place of a default. */
  readonly example?: string;
  /**
   * A port to listen on. An address such as `tcp://10.96.12.7:8080` is ignored: see {@link fromServiceLinks}.
   */
  readonly isPort?: boolean;
  /** The behaviour when the variable is unset, where the schema's default does not say enough. */
  readonly whenUnset?: string;
  /** Variables that must be set together with this one; of an inner list, one. */
  readonly needs?: readonly (string | readonly string[])[];
  /** A variable that must not be set together with this one. */
  readonly excludes?: string;
}

// Any value type fits here; `unknown` would refuse every concrete setting.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Settings = Record<string, Setting<any>>;

/** Settings that belong together, under one heading of docs/configuration.md. */
export interface Section<Of extends Settings> {
  readonly title: string;
  readonly about: string;
  readonly settings: Of;
}

export type Values<Of extends Settings> = {
  readonly [Key in keyof Of]: Of[Key] extends Setting<infer Value> ? Value : never;
};

export function section<Of extends Settings>(title: string, about: string, settings: Of): Section<Of> {
  return { title, about, settings };
}
