import { TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useWords } from '../words/index.ts';

const CALL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Leads to a call by its id, or to the calls of a caller. `/` comes here. */
export function SearchBox() {
  const words = useWords().nav;
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLElement && event.target.closest('input, textarea, select');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  const find = (event: FormEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    if (wanted === '') return;
    if (CALL_ID.test(wanted))
      void navigate({ to: '/calls/$callId', params: { callId: wanted.toLowerCase() } });
    else void navigate({ to: '/calls', search: { from: wanted } });
  };
  return (
    <form role="search" onSubmit={find}>
      <TextInput
        ref={box}
        size="xs"
        w={260}
        aria-label={words.search}
        placeholder={words.searchHint}
        leftSection={<Search size={14} aria-hidden="true" />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
