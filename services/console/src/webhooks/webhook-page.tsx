import { Alert, Code, Group, Text } from '@mantine/core';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { ActButton } from '../panel/act-button.tsx';
import { Confirm } from '../panel/confirm.tsx';
import { Facts } from '../panel/facts.tsx';
import { FormFault } from '../panel/form-fault.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { Deliveries } from './deliveries.tsx';
import { EndpointTag } from './endpoint-tag.tsx';
import {
  useDeleteEndpoint,
  useEnableEndpoint,
  useEndpoint,
  useSecret,
  useTestEndpoint,
  type Endpoint,
} from './webhooks.queries.ts';

/** One endpoint: what it is told, its secret, and each delivery. */
export function WebhookPage() {
  const { endpointId } = useParams({ from: '/webhooks/$endpointId' });
  const { webhooks: words } = useWords();
  const query = useEndpoint(endpointId);
  return (
    <>
      <PageHead title={query.data ? new URL(query.data.url).host : words.title} tabTitle={words.title}>
        {query.data && <Acts endpoint={query.data} />}
      </PageHead>
      <div className="page-grid">
        <Panel>
          <Answered query={query}>{(endpoint) => <About endpoint={endpoint} />}</Answered>
        </Panel>
        <Deliveries endpointId={endpointId} dead={query.data?.dead ?? 0} />
      </div>
    </>
  );
}

function About({ endpoint }: { readonly endpoint: Endpoint }) {
  const { webhooks: words } = useWords();
  const { clock } = useSession();
  const secret = useSecret(endpoint.id);
  return (
    <>
      <Facts
        of={[
          [words.url, endpoint.url],
          [words.description, endpoint.description],
          [words.state, <EndpointTag key="state" {...endpoint} />],
          [words.events, endpoint.events.length === 0 ? words.allEvents : endpoint.events.join(', ')],
          [words.created, clock.at(endpoint.createdAt)],
          [
            words.secret,
            secret.data ? (
              <Code key="secret">{secret.data.secret}</Code>
            ) : (
              <ActButton
                key="show"
                scope="admin:write"
                isBusy={secret.isPending}
                onClick={() => secret.mutate(undefined)}
              >
                {words.showSecret}
              </ActButton>
            ),
          ],
        ]}
      />
      {secret.data && (
        <Text size="xs" c="dimmed" className="pad">
          {words.secretHint}
        </Text>
      )}
      <FormFault error={secret.error} />
    </>
  );
}

function Acts({ endpoint }: { readonly endpoint: Endpoint }) {
  const { webhooks: words, act } = useWords();
  const navigate = useNavigate();
  const [isAsking, setAsking] = useState(false);
  const enable = useEnableEndpoint(endpoint.id);
  const test = useTestEndpoint(endpoint.id);
  const remove = useDeleteEndpoint(endpoint.id);
  return (
    <Group gap="xs">
      {test.isSuccess && (
        <Alert p="4px 10px" role="status">
          {words.testSent}
        </Alert>
      )}
      <ActButton scope="admin:write" isBusy={test.isPending} onClick={() => test.mutate(undefined)}>
        {words.test}
      </ActButton>
      <ActButton
        scope="admin:write"
        isBusy={enable.isPending}
        onClick={() => enable.mutate(!endpoint.isEnabled)}
      >
        {endpoint.isEnabled ? words.disable : words.enable}
      </ActButton>
      <ActButton scope="admin:write" onClick={() => setAsking(true)}>
        {act.remove}
      </ActButton>
      <FormFault error={test.error ?? enable.error} />
      <Confirm
        isOpen={isAsking}
        title={words.removeTitle}
        text={words.removeText}
        act={act.remove}
        isBusy={remove.isPending}
        error={remove.error}
        onClose={() => setAsking(false)}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/webhooks' }) })}
      />
    </Group>
  );
}
