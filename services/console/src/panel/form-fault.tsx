import { Alert, List } from '@mantine/core';
import { RequestRefused } from '../api/problem.ts';
import { useWords } from '../words/index.ts';

interface FormFaultProps {
  readonly error: unknown;
  /** Fields that show their own fault. */
  readonly fields?: readonly string[];
}

/** What a refusal says beyond the faults that stand beside their fields. */
export function FormFault({ error, fields = [] }: FormFaultProps) {
  const words = useWords();
  if (error === null || error === undefined) return null;
  if (!(error instanceof RequestRefused)) return <Alert color="red">{words.state.broke}</Alert>;
  const shown = Object.keys(error.fieldFaults());
  const rest = error.problem.errors.filter(({ field }) => !fields.some((name) => isOf(field, name)));
  if (rest.length === 0 && shown.length > 0) return null;
  return (
    <Alert color="red" role="alert" mt="sm" title={titleOf(error, words)}>
      {rest.length > 0 && (
        <List size="sm">
          {rest.map(({ field, message }) => (
            <List.Item key={field + message}>{message}</List.Item>
          ))}
        </List>
      )}
      <code>{error.problem.code}</code>
    </Alert>
  );
}

const isOf = (field: string, name: string): boolean =>
  field === name || field.startsWith(`${name}.`) || field === `/${name}` || field.startsWith(`/${name}/`);

function titleOf(error: RequestRefused, { state, act }: ReturnType<typeof useWords>): string {
  if (error.status === 0) return state.unreachable;
  if (error.status === 412) return act.changedElsewhere;
  if (error.missingScope !== null) return state.missingScope(error.missingScope);
  if (error.status === 429) return state.waitFor(error.retryAfterS ?? 60);
  return error.problem.detail || state.failed;
}

/** Returns the fault of each field of a form, from its last refusal. */
export const faultsOf = (error: unknown): Record<string, string> =>
  error instanceof RequestRefused ? error.fieldFaults() : {};
