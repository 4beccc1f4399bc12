import { Group, Paper, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { ErrorBoundary } from './error-boundary.tsx';
import { Loading, Refused } from './states.tsx';

interface PanelProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Whether the content is the data of a filter before. */
  readonly isStale?: boolean;
}

/** A part of a page that loads, fails and breaks by itself. */
export function Panel({ title, actions, children, isStale = false }: PanelProps) {
  const id = useId();
  return (
    <Paper component="section" className="panel" withBorder {...(title ? { 'aria-labelledby': id } : {})}>
      {title && (
        <Group justify="space-between" className="panel-head" wrap="nowrap">
          <Title order={2} id={id}>
            {title}
          </Title>
          {actions}
        </Group>
      )}
      <div data-stale={isStale || undefined} className="panel-body">
        <ErrorBoundary>{children}</ErrorBoundary>
      </div>
    </Paper>
  );
}

interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly isPending: boolean;
  refetch(): unknown;
}

interface AnsweredProps<Data> {
  readonly query: Asked<Data>;
  readonly rows?: number;
  readonly children: (data: Data) => ReactNode;
}

/** The data of a query, or why there is none. Data stays while it is loaded again. */
export function Answered<Data>({ query, rows, children }: AnsweredProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isPending) return <Loading {...(rows ? { rows } : {})} />;
  return <Refused error={query.error} retry={() => void query.refetch()} />;
}
