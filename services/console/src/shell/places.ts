import { Bot, Building2, Hash, Phone, Radio, Settings, Users, Webhook, type LucideIcon } from 'lucide-react';
import type { Words } from '../words/index.ts';

export interface Place {
  readonly to:
    '/live' | '/calls' | '/agents' | '/numbers' | '/callers' | '/departments' | '/webhooks' | '/settings';
  readonly name: Exclude<keyof Words['nav'], 'label' | 'skip' | 'open' | 'search' | 'searchHint'>;
  readonly icon: LucideIcon;
  /** Any of these opens it; none of them, and it is absent. */
  readonly scopes: readonly string[];
  /** The key after `g` that leads there. */
  readonly key: string;
}

/** The navigation, in its order. */
export const PLACES: readonly Place[] = [
  { to: '/live', name: 'live', icon: Radio, scopes: ['calls:read'], key: 'l' },
  { to: '/calls', name: 'calls', icon: Phone, scopes: ['calls:read'], key: 'c' },
  { to: '/agents', name: 'agents', icon: Bot, scopes: ['admin:read'], key: 'a' },
  { to: '/numbers', name: 'numbers', icon: Hash, scopes: ['admin:read'], key: 'n' },
  { to: '/callers', name: 'callers', icon: Users, scopes: ['admin:read'], key: 'p' },
  { to: '/departments', name: 'departments', icon: Building2, scopes: ['admin:read'], key: 'd' },
  { to: '/webhooks', name: 'webhooks', icon: Webhook, scopes: ['admin:read'], key: 'w' },
  { to: '/settings', name: 'settings', icon: Settings, scopes: [], key: 's' },
];

/** Returns the places a role can read something in. */
export const placesFor = (may: (scope: string) => boolean): Place[] =>
  PLACES.filter(({ scopes }) => scopes.length === 0 || scopes.some(may));
