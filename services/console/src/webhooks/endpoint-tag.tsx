import { Tag } from '../panel/tag.tsx';
import { useWords } from '../words/index.ts';
import type { Endpoint } from './webhooks.queries.ts';

/** Whether an endpoint is told of events, and why not. */
export function EndpointTag({ isEnabled, disabledBecause }: Pick<Endpoint, 'isEnabled' | 'disabledBecause'>) {
  const words = useWords().webhooks;
  if (isEnabled) return <Tag tone="good">{words.enabled}</Tag>;
  if (disabledBecause === 'gone') return <Tag tone="bad">{words.gone}</Tag>;
  return <Tag tone="plain">{words.disabled}</Tag>;
}
