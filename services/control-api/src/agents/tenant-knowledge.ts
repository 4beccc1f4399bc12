/** The things of a tenant that the content of an agent may refer to. */
export interface TenantKnowledge {
  /** Keys of the tenant's directory. */
  readonly departments: readonly string[];
  /** Names of the tenant's secrets. */
  readonly secrets: readonly string[];
  /** Returns what is wrong with an address, its name resolved; null for nothing. */
  readonly problemOfUrl: (url: string) => Promise<string | null>;
  /** The same for an address that others connect to: networks the deployment trusts are none of theirs. */
  readonly problemOfPublicUrl: (url: string) => Promise<string | null>;
}
