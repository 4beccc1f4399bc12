import { Button, SegmentedControl, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ActButton } from '../panel/act-button.tsx';
import { Confirm } from '../panel/confirm.tsx';
import { Facts } from '../panel/facts.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { AgentEditor } from './agent-editor.tsx';
import { useAgent, useChangeAgent, useVersion, useVersions } from './agents.queries.ts';
import { bySection } from './content.ts';

/** One agent: its versions, what is in them, and the next one. */
export function AgentPage() {
  const { agentId } = useParams({ from: '/agents/$agentId' });
  const { agents: words } = useWords();
  const agent = useAgent(agentId);
  const versions = useVersions(agentId);
  const [chosen, setChosen] = useState<number | null>(null);
  const [isEditing, setEditing] = useState(false);
  const shown = chosen ?? versions.data?.items[0]?.version ?? null;
  const content = useVersion(agentId, shown);
  if (!agent.data)
    return (
      <Panel>
        <Answered query={agent}>{() => null}</Answered>
      </Panel>
    );
  return (
    <>
      <PageHead title={agent.data.name}>
        <ArchiveButton id={agentId} name={agent.data.name} isArchived={agent.data.archivedAt !== null} />
        <ActButton scope="admin:write" isMain onClick={() => setEditing(true)}>
          {words.edit}
        </ActButton>
      </PageHead>
      <div className="split">
        <Panel title={words.versions}>
          <Answered query={versions}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={words.never} hint={words.noneHint} />
              ) : (
                <VersionList items={items} shown={shown} onChoose={setChosen} />
              )
            }
          </Answered>
        </Panel>
        {isEditing ? (
          <AgentEditor
            key={shown}
            id={agentId}
            start={content.data?.content}
            onClose={() => setEditing(false)}
            onPublished={(version) => {
              setEditing(false);
              setChosen(version);
            }}
          />
        ) : (
          shown !== null && (
            <Answered query={content}>
              {({ content: value }) => <Content title={words.version(shown)} value={value} />}
            </Answered>
          )
        )}
      </div>
    </>
  );
}

interface VersionListProps {
  readonly items: readonly {
    readonly version: number;
    readonly publishedAt: string;
    readonly isPublished: boolean;
  }[];
  readonly shown: number | null;
  readonly onChoose: (version: number) => void;
}

function VersionList({ items, shown, onChoose }: VersionListProps) {
  const { agents: words } = useWords();
  const { clock } = useSession();
  return (
    <ul className="side-list">
      {items.map(({ version, publishedAt, isPublished }) => (
        <li key={version}>
          <button type="button" aria-current={version === shown} onClick={() => onChoose(version)}>
            <span>
              {words.version(version)}
              {isPublished && (
                <Text component="span" size="xs" c="dimmed" display="block" fw={400}>
                  {words.inUse}
                </Text>
              )}
            </span>
            <Text component="span" size="xs" c="dimmed" fw={400}>
              {clock.short(publishedAt)}
            </Text>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Content({ title, value }: { readonly title: string; readonly value: unknown }) {
  const { agents: words } = useWords();
  const [view, setView] = useState('structured');
  return (
    <Panel
      title={title}
      actions={
        <SegmentedControl
          size="xs"
          value={view}
          onChange={setView}
          aria-label={words.content}
          data={[
            { value: 'structured', label: words.structured },
            { value: 'json', label: words.json },
          ]}
        />
      }
    >
      {view === 'json' ? (
        <pre className="code-block">{JSON.stringify(value, null, 2)}</pre>
      ) : (
        bySection(value).map(({ section, fields }) => (
          <section key={section}>
            <Text component="h3" size="sm" fw={600} className="section-title">
              {words.sections[section]}
            </Text>
            <Facts of={fields.map(([name, field]) => [name, <Value key={name} of={field} />] as const)} />
          </section>
        ))
      )}
    </Panel>
  );
}

function Value({ of }: { readonly of: unknown }) {
  if (typeof of === 'string') return <span className="long-text">{of}</span>;
  if (Array.isArray(of) && of.every((each) => typeof each === 'string')) return of.join(', ') || '—';
  if (typeof of === 'object' && of !== null)
    return <pre className="value">{JSON.stringify(of, null, 2)}</pre>;
  return String(of);
}

interface ArchiveButtonProps {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
}

function ArchiveButton({ id, name, isArchived }: ArchiveButtonProps) {
  const { agents: words } = useWords();
  const [isAsking, setAsking] = useState(false);
  const change = useChangeAgent(id);
  const { may } = useSession();
  if (isArchived)
    return (
      <ActButton
        scope="admin:write"
        isBusy={change.isPending}
        onClick={() => change.mutate({ isArchived: false })}
      >
        {words.restore}
      </ActButton>
    );
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        disabled={!may('admin:write')}
        onClick={() => setAsking(true)}
      >
        {words.archive}
      </Button>
      <Confirm
        isOpen={isAsking}
        title={words.archiveTitle(name)}
        text={words.archiveText}
        act={words.archive}
        isBusy={change.isPending}
        error={change.error}
        onClose={() => setAsking(false)}
        onConfirm={() => change.mutate({ isArchived: true }, { onSuccess: () => setAsking(false) })}
      />
    </>
  );
}
