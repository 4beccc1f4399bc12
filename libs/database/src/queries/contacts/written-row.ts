/** A row that was written; not new when its tool call had written it before. */
export interface WrittenRow {
  readonly id: string;
  readonly isNew: boolean;
}
