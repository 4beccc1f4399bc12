import { useQuery } from '@tanstack/react-query';
import {
  departmentsControllerDelete,
  departmentsControllerList,
  departmentsControllerPut,
} from '../api/generated/sdk.gen.ts';
import type { DepartmentsControllerListResponses } from '../api/generated/types.gen.ts';
import { ask } from '../api/request.ts';
import { useAct } from '../api/use-act.ts';

export type Department = DepartmentsControllerListResponses[200]['items'][number];

export const useDepartments = () =>
  useQuery({
    queryKey: ['departments'],
    queryFn: ({ signal }) => ask(() => departmentsControllerList({ signal })),
  });
export const usePutDepartment = () =>
  useAct(
    ({ key, ...body }: Department) => ask(() => departmentsControllerPut({ path: { key }, body })),
    'departments',
  );
export const useDeleteDepartment = () =>
  useAct((key: string) => ask(() => departmentsControllerDelete({ path: { key } })), 'departments');
