import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSession } from '../session/session.ts';
import { placesFor } from './places.ts';

/** The second key must follow the first within this time. */
const PAIR_MS = 1_200;

/** `g` and then the letter of a place leads there; never while something is typed. */
export function usePlaceKeys(): void {
  const navigate = useNavigate();
  const { may } = useSession();
  useEffect(() => {
    let pressedAt = -Infinity;
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role=dialog]');
      if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      const place = placesFor(may).find(({ key }) => key === event.key);
      if (place && event.timeStamp - pressedAt < PAIR_MS) void navigate({ to: place.to });
      pressedAt = event.key === 'g' ? event.timeStamp : -Infinity;
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [navigate, may]);
}
