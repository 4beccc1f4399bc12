/** Sections of an agent's content, in the order in which a person thinks of them. */
export const SECTIONS = {
  words: ['name', 'companyName', 'timeZone', 'language', 'greeting', 'notice', 'instructions', 'texts'],
  models: ['model', 'ladder', 'whenUnavailable', 'queue'],
  turns: ['turnDetection', 'interruption', 'idle', 'toolWait'],
  tools: ['tools', 'httpTools', 'mcpServers', 'toolPolicy', 'rules'],
  recording: ['recording', 'afterCall'],
  limits: ['maxDurationMs', 'limits', 'experiment', 'variants'],
} as const;
export type Section = keyof typeof SECTIONS;

type Content = Readonly<Record<string, unknown>>;

export interface SectionContent {
  /** `other` holds fields this release of the page does not know. */
  readonly section: Section | 'other';
  readonly fields: readonly (readonly [name: string, value: unknown])[];
}

/** Returns the content by section, without the empty ones; no field is left out. */
export function bySection(content: unknown): SectionContent[] {
  const given = isContent(content) ? content : {};
  const known: ReadonlySet<string> = new Set(Object.values(SECTIONS).flat());
  const sections = Object.entries(SECTIONS).map(([section, names]) => ({
    section: section as Section,
    fields: names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const])),
  }));
  const other = Object.entries(given).filter(([name]) => !known.has(name));
  return [...sections, { section: 'other' as const, fields: other }].filter(
    ({ fields }) => fields.length > 0,
  );
}

const isContent = (value: unknown): value is Content =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns what a person typed, or why it is not JSON. */
export function readJson(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns the number of lines that are not in both texts. */
export function changedLines(before: string, after: string): number {
  const count = new Map<string, number>();
  for (const line of before.split('\n')) count.set(line, (count.get(line) ?? 0) + 1);
  for (const line of after.split('\n')) count.set(line, (count.get(line) ?? 0) - 1);
  const differences = [...count.values()];
  return Math.max(
    differences.filter((each) => each > 0).reduce((sum, each) => sum + each, 0),
    -differences.filter((each) => each < 0).reduce((sum, each) => sum + each, 0),
  );
}
