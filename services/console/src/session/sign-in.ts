import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { people } from '../api/people.ts';
import { RequestRefused } from '../api/problem.ts';
import { useWords } from '../words/index.ts';

export interface SignInState {
  readonly isBusy: boolean;
  /** Whether the account has a second factor, whose code is asked for now. */
  readonly needsCode: boolean;
  readonly fault: string | null;
  readonly submit: (given: {
    readonly email: string;
    readonly password: string;
    readonly code: string;
  }) => Promise<boolean>;
}

/** Signs in with a local account, or confirms the one that is signed in. */
export function useSignIn(purpose: 'sign-in' | 'confirm'): SignInState {
  const words = useWords().session;
  const [state, setState] = useState({ isBusy: false, needsCode: false, fault: null as string | null });
  const queries = useQueryClient();
  return {
    ...state,
    submit: async ({ email, password, code }) => {
      setState((before) => ({ ...before, isBusy: true, fault: null }));
      const factor = code === '' ? {} : { code };
      try {
        if (purpose === 'confirm') await people.confirm({ password, ...factor });
        else await people.signIn({ email, password, ...factor });
        await queries.invalidateQueries({ queryKey: ['me'] });
        setState({ isBusy: false, needsCode: false, fault: null });
        return true;
      } catch (error) {
        if (!(error instanceof RequestRefused)) throw error;
        const needsCode = error.problem.code === 'totp-required';
        setState({
          isBusy: false,
          needsCode: needsCode || code !== '',
          fault: needsCode ? null : faultOf(error),
        });
        return false;
      }
    },
  };

  function faultOf({ status, problem, retryAfterS }: RequestRefused): string {
    if (status === 0) return words.unreachable;
    if (status === 429) return words.tooMany(retryAfterS ?? 60);
    return status === 401 ? words.wrong : problem.detail || words.wrong;
  }
}

/** Returns the token of a one-time link and takes it out of the address, where history would keep it. */
export const takeLinkToken = (): string | null => takeFromFragment(/^#link=([\w-]{16,200})$/);

/** Returns the code of a provider's sign-in that failed, and takes it out of the address. */
export const takeProviderFailure = (): string | null => takeFromFragment(/^#error=([a-z-]{1,60})$/);

function takeFromFragment(pattern: RegExp): string | null {
  const found = pattern.exec(location.hash)?.[1] ?? null;
  if (found !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return found;
}
