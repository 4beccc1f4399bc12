import { Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useFormKey } from '../api/use-act.ts';
import { ActButton } from '../panel/act-button.tsx';
import { DataTable } from '../panel/data-table.tsx';
import { FormDialog } from '../panel/form-dialog.tsx';
import { faultsOf } from '../panel/form-fault.tsx';
import { PageHead } from '../panel/page-head.tsx';
import { Answered, Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useWords } from '../words/index.ts';
import { EndpointTag } from './endpoint-tag.tsx';
import { useCreateEndpoint, useEndpoints, type EventType } from './webhooks.queries.ts';

/** Addresses that are told of events, and what waits for each. */
export function WebhooksPage() {
  const { webhooks: words } = useWords();
  const query = useEndpoints();
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <PageHead title={words.title}>
        <ActButton scope="admin:write" isMain onClick={() => setAdding(true)}>
          {words.add}
        </ActButton>
      </PageHead>
      <Panel>
        <Answered query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.none} hint={words.noneHint} />
            ) : (
              <DataTable
                label={words.title}
                rows={items}
                rowKey={({ id }) => id}
                columns={[
                  {
                    key: 'url',
                    title: words.url,
                    cell: ({ id, url }) => (
                      <Link to="/webhooks/$endpointId" params={{ endpointId: id }} className="row-link">
                        {url}
                      </Link>
                    ),
                  },
                  { key: 'description', title: words.description, cell: ({ description }) => description },
                  {
                    key: 'events',
                    title: words.events,
                    cell: ({ events }) => (events.length === 0 ? words.allEvents : events.length),
                  },
                  { key: 'state', title: words.state, cell: (endpoint) => <EndpointTag {...endpoint} /> },
                  { key: 'pending', title: words.pending, isFigure: true, cell: ({ pending }) => pending },
                  { key: 'dead', title: words.dead, isFigure: true, cell: ({ dead }) => dead },
                ]}
              />
            )
          }
        </Answered>
      </Panel>
      {isAdding && <AddEndpoint onClose={() => setAdding(false)} />}
    </>
  );
}

function AddEndpoint({ onClose }: { readonly onClose: () => void }) {
  const { webhooks: words } = useWords();
  const [url, setUrl] = useState('https://');
  const [description, setDescription] = useState('');
  const [events, setEvents] = useState('');
  const [key] = useFormKey();
  const create = useCreateEndpoint();
  const faults = faultsOf(create.error);
  const chosen = events.split(/\s+/).filter(Boolean) as EventType[];
  return (
    <FormDialog
      title={words.add}
      isOpen
      isBusy={create.isPending}
      error={create.error}
      fields={['url', 'description', 'events']}
      onClose={onClose}
      onSubmit={() =>
        create.mutate(
          { body: { url, description, ...(chosen.length > 0 ? { events: chosen } : {}) }, key },
          { onSuccess: onClose },
        )
      }
    >
      <TextInput
        label={words.url}
        type="url"
        required
        value={url}
        error={faults['url']}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput
        label={words.description}
        value={description}
        error={faults['description']}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Textarea
        label={words.events}
        description={words.eventsHint}
        autosize
        minRows={3}
        value={events}
        error={faults['events']}
        onChange={(event) => setEvents(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
