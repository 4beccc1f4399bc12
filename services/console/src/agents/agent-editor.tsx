import { Alert, Button, Group, Text, Textarea } from '@mantine/core';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { useFormKey } from '../api/use-act.ts';
import { Dialog } from '../panel/dialog.tsx';
import { FormFault } from '../panel/form-fault.tsx';
import { Panel } from '../panel/panel.tsx';
import { useWords } from '../words/index.ts';
import { usePublish } from './agents.queries.ts';
import { changedLines, readJson } from './content.ts';

/** For an agent without a version: what each must have. */
const BLANK = {
  name: '',
  companyName: '',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  instructions: '',
  model: { kind: 'guided' },
};

interface AgentEditorProps {
  readonly id: string;
  /** The content to start from; undefined for an agent without a version. */
  readonly start: unknown;
  readonly onClose: () => void;
  readonly onPublished: (version: number) => void;
}

/** Changes the content as JSON; the server checks it, and its problems are listed by their place. */
export function AgentEditor({ id, start, onClose, onPublished }: AgentEditorProps) {
  const { agents: words, act } = useWords();
  const before = JSON.stringify(start ?? BLANK, null, 2);
  const [text, setText] = useState(before);
  const [isAsking, setAsking] = useState(false);
  const [key, renew] = useFormKey();
  const publish = usePublish(id);
  const read = readJson(text);
  const changes = changedLines(before, text);
  useBlocker({ shouldBlockFn: () => changes > 0 && !confirm(words.leave), enableBeforeUnload: changes > 0 });
  const send = () => {
    if (!('value' in read)) return;
    publish.mutate(
      { content: read.value, key },
      {
        onSuccess: ({ version }) => {
          setText(before);
          onPublished(version);
        },
        onSettled: () => {
          renew();
          setAsking(false);
        },
      },
    );
  };
  return (
    <Panel
      title={words.edit}
      actions={
        <Group gap="xs" wrap="nowrap">
          <Text size="xs" c="dimmed" role="status">
            {words.changes(changes)}
          </Text>
          <Button size="compact-sm" variant="default" onClick={onClose}>
            {act.cancel}
          </Button>
          <Button size="compact-sm" disabled={'fault' in read} onClick={() => setAsking(true)}>
            {words.publish}
          </Button>
        </Group>
      }
    >
      <div className="pad editor">
        {'fault' in read && <Alert color="yellow">{words.notJson(read.fault)}</Alert>}
        <FormFault error={publish.error} />
        <Textarea
          mt="xs"
          aria-label={words.content}
          autosize
          minRows={18}
          maxRows={36}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </div>
      <Dialog isOpen={isAsking} onClose={() => setAsking(false)} title={words.publishTitle}>
        <Text size="sm">{words.publishText}</Text>
        <Text size="sm" c="dimmed" mt="xs">
          {words.changes(changes)}
        </Text>
        <Group justify="flex-end" mt="lg" gap="xs">
          <Button variant="default" onClick={() => setAsking(false)}>
            {act.cancel}
          </Button>
          <Button loading={publish.isPending} onClick={send}>
            {words.publish}
          </Button>
        </Group>
      </Dialog>
    </Panel>
  );
}
