import type { CallEvent, CallEventBody, CallEventType } from '@tandem/contracts';

/** An event of the log whose type is known. */
export type EventOf<Type extends CallEventType> = CallEvent & {
  readonly type: Type;
  readonly data: CallEventBody<Type>;
};
