import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { newKey } from './request.ts';

/** Returns a change whose success loads anew what it touches, by the first part of the queries' keys. */
export function useAct<Given, Result>(act: (given: Given) => Promise<Result>, ...touches: readonly string[]) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => Promise.all(touches.map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
}

/** Returns the Idempotency-Key of a form: one until `renew`, so that sending it again does nothing twice. */
export function useFormKey(): readonly [key: string, renew: () => void] {
  const [key, setKey] = useState(newKey);
  return [key, () => setKey(newKey())];
}
