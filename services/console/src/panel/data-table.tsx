import { Button, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../words/index.ts';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures stand at the right, one below the other. */
  readonly isFigure?: boolean;
  /** Whether the heading is for readers of screens only, as for buttons. */
  readonly hasQuietTitle?: boolean;
}

interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly isMuted?: (row: Row) => boolean;
}

/** Rows under headings; wide ones scroll sideways by themselves. */
export function DataTable<Row>({ label, columns, rows, rowKey, isMuted }: DataTableProps<Row>) {
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={label}>
      <Table highlightOnHover verticalSpacing={6} horizontalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ key, title, isFigure, hasQuietTitle }) => (
              <Table.Th key={key} ta={isFigure ? 'right' : 'left'}>
                {hasQuietTitle ? <span className="hidden-text">{title}</span> : title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={rowKey(row)} data-muted={isMuted?.(row) || undefined}>
              {columns.map(({ key, cell, isFigure }) => (
                <Table.Td key={key} className={isFigure ? 'figure' : undefined}>
                  {cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  fetchNextPage(): unknown;
}

interface MoreProps {
  readonly query: Paged;
  /** How many are shown; the total is not known and not invented. */
  readonly shown: string;
}

/** Loads the next page by its key. */
export function More({ query, shown }: MoreProps) {
  const words = useWords().state;
  return (
    <div className="more">
      <Text size="xs" c="dimmed" role="status">
        {shown}
        {!query.hasNextPage && ` · ${words.end}`}
      </Text>
      {query.hasNextPage && (
        <Button
          size="compact-sm"
          variant="default"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {words.more}
        </Button>
      )}
    </div>
  );
}
