import { Group, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

interface PageHeadProps {
  readonly title: string;
  /** For the tab, where the title holds a name or number that must not go there. */
  readonly tabTitle?: string;
  readonly children?: ReactNode;
}

/** The heading of a page, which is also the title of the tab. */
export function PageHead({ title, tabTitle = title, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${tabTitle} · Tandem`;
  }, [tabTitle]);
  return (
    <Group justify="space-between" mb="sm" mih={32} className="page-head">
      <Title order={1}>{title}</Title>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
