import { reasonOf, StackError } from '../checkout/stack-error.ts';

/** One way of getting something. `attempt` rejects with the reason why it does not work here. */
export interface Source<Of> {
  readonly name: string;
  readonly attempt: () => Promise<Of>;
}

interface Chosen<Of> {
  readonly value: Of;
  /** One line for each source that did not work, in order. */
  readonly passedOver: readonly string[];
}

/**
 * Takes the first source that holds; later ones are not touched.
 * @throws StackError naming every source's reason and `todo`
 */
export async function firstAvailable<Of>(
  what: string,
  sources: readonly Source<Of>[],
  todo: string,
): Promise<Chosen<Of>> {
  const passedOver: string[] = [];
  for (const source of sources) {
    try {
      return { value: await source.attempt(), passedOver };
    } catch (error) {
      passedOver.push(`${source.name}: ${reasonOf(error)}`);
    }
  }
  throw new StackError(
    `No ${what} is available here.\n${passedOver.map((line) => `  - ${line}`).join('\n')}`,
    todo,
  );
}
