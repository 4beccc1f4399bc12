import { reasonOf, StackError } from '../checkout/stack-error.ts';

/** One way of getting something. `attempt` rejects with the reason why it does not work here. */
export interface Source<Of> {
  readonly name: string;
  readonly attempt: () => Promise<Of>;
}

interface Climbed<Of> {
  readonly value: Of;
  /** One line for each source that did not work, in order. */
  readonly passedOver: readonly string[];
}

/**
 * Takes the first rung that holds; later ones are not touched.
 * @throws StackError naming every rung's reason and `todo`
 */
export async function firstAvailable<Of>(
  what: string,
  rungs: readonly Source<Of>[],
  todo: string,
): Promise<Climbed<Of>> {
  const passedOver: string[] = [];
  for (const rung of rungs) {
    try {
      return { value: await rung.attempt(), passedOver };
    } catch (error) {
      passedOver.push(`${rung.name}: ${reasonOf(error)}`);
    }
  }
  throw new StackError(
    `No ${what} is available here.\n${passedOver.map((line) => `  - ${line}`).join('\n')}`,
    todo,
  );
}
