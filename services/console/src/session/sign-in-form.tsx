import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useWords } from '../words/index.ts';
import { useSignIn } from './sign-in.ts';

interface SignInFormProps {
  readonly purpose: 'sign-in' | 'confirm';
  readonly onDone: () => void;
}

/** E-mail, password and, once the server asks for it, the code of the second factor. */
export function SignInForm({ purpose, onDone }: SignInFormProps) {
  const words = useWords().session;
  const { isBusy, needsCode, fault, submit } = useSignIn(purpose);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit({ email, password, code }).then((isDone) => isDone && onDone());
  };
  return (
    <form onSubmit={send}>
      <Stack gap="sm">
        {purpose === 'sign-in' && (
          <TextInput
            label={words.email}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        )}
        <PasswordInput
          label={words.password}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        {needsCode && (
          <TextInput
            label={words.code}
            description={words.codeHint}
            inputMode="numeric"
            autoComplete="one-time-code"
            name="code"
            maxLength={8}
            autoFocus
            required
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        {fault !== null && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Button type="submit" loading={isBusy} fullWidth>
          {words.signIn}
        </Button>
      </Stack>
    </form>
  );
}
