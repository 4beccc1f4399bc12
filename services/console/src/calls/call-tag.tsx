import { sentence } from '../format/format.ts';
import { Tag, type Tone } from '../panel/tag.tsx';
import { useWords } from '../words/index.ts';

interface CallTagProps {
  readonly status: string;
  readonly refusalReason: string | null;
}

const TONES: Readonly<Record<string, Tone>> = {
  completed: 'good',
  'in-progress': 'good',
  ringing: 'warn',
  queued: 'warn',
  failed: 'bad',
};

/** Where a call is, or why it was refused. */
export function CallTag({ status, refusalReason }: CallTagProps) {
  const words = useWords().calls;
  if (refusalReason !== null)
    return (
      <Tag tone="warn">
        {words.statuses['refused']}: {sentence(refusalReason).toLowerCase()}
      </Tag>
    );
  return <Tag tone={TONES[status] ?? 'plain'}>{words.statuses[status] ?? sentence(status)}</Tag>;
}
