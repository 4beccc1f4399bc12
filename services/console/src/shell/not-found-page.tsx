import { PageHead } from '../panel/page-head.tsx';
import { Panel } from '../panel/panel.tsx';
import { Empty } from '../panel/states.tsx';
import { useWords } from '../words/index.ts';

/** An address the console does not know. */
export function NotFoundPage() {
  const words = useWords().state;
  return (
    <>
      <PageHead title={words.notFound} />
      <Panel>
        <Empty title={words.notFound} hint={words.notFoundHint} />
      </Panel>
    </>
  );
}
