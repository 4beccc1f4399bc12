import { useQuery } from '@tanstack/react-query';
import {
  closedDatesControllerCreate,
  closedDatesControllerDelete,
  closedDatesControllerList,
  numbersControllerChange,
  numbersControllerCreate,
  numbersControllerDelete,
  numbersControllerGet,
  numbersControllerList,
  openingHoursControllerGet,
  openingHoursControllerPut,
} from '../api/generated/sdk.gen.ts';
import type {
  NumbersControllerChangeData,
  NumbersControllerListResponses,
} from '../api/generated/types.gen.ts';
import { ask, askWithTag, idempotency } from '../api/request.ts';
import { useAct } from '../api/use-act.ts';

export type NumberRow = NumbersControllerListResponses[200]['items'][number];
export type NumberChange = NumbersControllerChangeData['body'];
export interface Hours {
  readonly weekday: number;
  readonly opens: string;
  readonly closes: string;
}

export const useNumbers = () =>
  useQuery({ queryKey: ['numbers'], queryFn: ({ signal }) => ask(() => numbersControllerList({ signal })) });
/** One number with its tag, which says on saving whether somebody else changed it. */
export const useNumber = (id: string) =>
  useQuery({
    queryKey: ['numbers', id],
    queryFn: ({ signal }) => askWithTag(() => numbersControllerGet({ path: { id }, signal })),
  });
export const useHours = (id: string) =>
  useQuery({
    queryKey: ['numbers', id, 'hours'],
    queryFn: ({ signal }) => askWithTag(() => openingHoursControllerGet({ path: { id }, signal })),
  });
export const useClosedDates = () =>
  useQuery({
    queryKey: ['closed-dates'],
    queryFn: ({ signal }) => ask(() => closedDatesControllerList({ signal })),
  });

const ifMatch = (tag: string | null) => (tag === null ? {} : { headers: { 'If-Match': tag } });

export const useCreateNumber = () =>
  useAct(
    ({
      e164,
      agentId,
      key,
    }: {
      readonly e164: string;
      readonly agentId: string | null;
      readonly key: string;
    }) => ask(() => numbersControllerCreate({ body: { e164, agentId }, headers: idempotency(key) })),
    'numbers',
  );
export const useChangeNumber = (id: string) =>
  useAct(
    ({ change, tag }: { readonly change: NumberChange; readonly tag: string | null }) =>
      ask(() => numbersControllerChange({ path: { id }, body: change, ...ifMatch(tag) })),
    'numbers',
  );
export const usePutHours = (id: string) =>
  useAct(
    ({ hours, tag }: { readonly hours: readonly Hours[]; readonly tag: string | null }) =>
      ask(() => openingHoursControllerPut({ path: { id }, body: { hours: [...hours] }, ...ifMatch(tag) })),
    'numbers',
  );
export const useDeleteNumber = () =>
  useAct((id: string) => ask(() => numbersControllerDelete({ path: { id } })), 'numbers');
export const useAddClosedDate = () =>
  useAct(
    ({ date, name, key }: { readonly date: string; readonly name: string; readonly key: string }) =>
      ask(() => closedDatesControllerCreate({ body: { date, name }, headers: idempotency(key) })),
    'closed-dates',
  );
export const useRemoveClosedDate = () =>
  useAct((date: string) => ask(() => closedDatesControllerDelete({ path: { date } })), 'closed-dates');
