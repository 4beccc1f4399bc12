/** An agent as operators see it. */
export interface Agent {
  readonly id: string;
  /** The name operators use, unique among the tenant's that are not archived. */
  readonly name: string;
  /** The version callers get; null until one is published. */
  readonly publishedVersion: number | null;
  /** Null while it may answer calls. */
  readonly archivedAt: Date | null;
  readonly createdAt: Date;
}

/** Absent fields stay as they are. */
export interface AgentChange {
  readonly name?: string | undefined;
  readonly isArchived?: boolean | undefined;
}

export interface AgentVersion {
  readonly version: number;
  readonly publishedAt: Date;
  readonly isPublished: boolean;
}
