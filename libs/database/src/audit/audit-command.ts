import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { ChainFinding, ChainHead } from './chain-check.ts';
import { verifyChains, type VerifiedChain } from './verify-chains.ts';

/** Where a command writes: `line` is its result, `note` is for the person who watches. */
export interface AuditOutput {
  line(text: string): void;
  note(text: string): void;
}

const HELP = `audit verify [--json] [--tenant <id>] [--anchor <file>] [--quiet]

Checks the audit log of every tenant: that no entry was edited, deleted, inserted or moved. Reads only, and
may run while the services work.

  --json           one line of JSON for each tenant, with the head of its chain
  --tenant <id>    only this tenant
  --anchor <file>  also checks that the heads in this file, an earlier output of --json, are still in the
                   chains: finds a log that was rewritten together with its head
  --quiet          no progress
  --help           this text

Ends with 0 when all chains are whole, 1 when the check could not be made, 2 when an entry is wrong, and 78
when it was called wrongly.`;

/** sysexits.h EX_CONFIG, as the services end with. */
const EXIT_USAGE = 78;
const EXIT_FOUND = 2;
/** Entries between two lines of progress. */
const PROGRESS_EVERY = 100_000;

/** The heads of an anchor file cannot be read. */
class AnchorUnreadable extends Error {
  override readonly name = 'AnchorUnreadable';
  constructor(file: string, why: string) {
    super(`${file} is no output of "audit verify --json": ${why}. Name the file such an output was kept in.`);
  }
}

/**
 * Runs `audit`. @param url of the database
 * @returns the exit code
 * @throws when the database cannot be read
 */
export async function auditCommand(
  argv: readonly string[],
  url: string | undefined,
  output: AuditOutput,
): Promise<number> {
  const asked = argumentsOf(argv);
  if (typeof asked === 'string') return refused(output, asked);
  const { values, positionals } = asked;
  if (values.help === true) {
    output.line(HELP);
    return 0;
  }
  if (positionals.join(' ') !== 'verify') return refused(output, 'the one thing it does is "verify"');
  if (!url) return refused(output, 'neither MIGRATION_DATABASE_URL nor DATABASE_URL is set');
  try {
    return await verify(values, url, output);
  } catch (error) {
    if (error instanceof AnchorUnreadable) return refused(output, error.message);
    throw error;
  }
}

interface Asked {
  readonly help?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly tenant?: string;
  readonly anchor?: string;
}

function argumentsOf(argv: readonly string[]): { values: Asked; positionals: string[] } | string {
  try {
    const flag = { type: 'boolean' } as const;
    const text = { type: 'string' } as const;
    const options = { help: flag, json: flag, quiet: flag, tenant: text, anchor: text };
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function refused(output: AuditOutput, sentence: string): number {
  output.note(`Nothing was checked: ${sentence.replace(/\.$/, '')}.\n\n${HELP}`);
  return EXIT_USAGE;
}

async function verify(asked: Asked, url: string, output: AuditOutput): Promise<number> {
  const anchors = asked.anchor === undefined ? new Map<string, ChainHead>() : anchorsOf(asked.anchor);
  const onProgress = (tenantId: string, entries: number) => {
    if (asked.quiet !== true && entries % PROGRESS_EVERY === 0)
      output.note(`${tenantId}: ${entries} entries read`);
  };
  const sum = { chains: 0, entries: 0, findings: 0 };
  for await (const chain of verifyChains(url, { tenantId: asked.tenant, anchors, onProgress })) {
    sum.chains += 1;
    sum.entries += chain.entries;
    sum.findings += chain.findingsCount;
    for (const text of asked.json === true ? [JSON.stringify(chain)] : linesOf(chain)) output.line(text);
  }
  if (sum.chains === 0 && asked.tenant !== undefined)
    return refused(output, `there is no tenant ${asked.tenant}`);
  const result = sum.findings === 0 ? 'whole' : `not whole: ${sum.findings} findings`;
  output.note(`${sum.chains} audit logs with ${sum.entries} entries are ${result}.`);
  return sum.findings === 0 ? 0 : EXIT_FOUND;
}

function anchorsOf(file: string): Map<string, ChainHead> {
  try {
    const chains = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line) as VerifiedChain);
    return new Map(chains.flatMap(({ tenantId, head }) => (head ? [[tenantId, head] as const] : [])));
  } catch (error) {
    throw new AnchorUnreadable(file, error instanceof Error ? error.message : String(error));
  }
}

function linesOf({ tenantId, findings, findingsCount }: VerifiedChain): string[] {
  const lines = findings.map((finding) => `${tenantId}: ${sentenceOf(finding)}`);
  const more = findingsCount - findings.length;
  return more > 0 ? [...lines, `${tenantId}: and ${more} more`] : lines;
}

function sentenceOf({ fault, seq, until }: ChainFinding): string {
  switch (fault) {
    case 'changed':
      return `entry ${seq} was edited or moved`;
    case 'missing':
      return until === undefined ? `entry ${seq} was deleted` : `entries ${seq} to ${until} were deleted`;
    case 'inserted':
      return `entry ${seq} was inserted`;
    case 'detached':
      return `entry ${seq} does not follow entry ${seq - 1}: one of the two was replaced`;
    case 'rewritten':
      return `entry ${seq} is not the one that was written: the log was rewritten up to it`;
    case 'no-head':
      return 'the head of the log was deleted';
  }
}
