import { Link, useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { PageHead } from '../panel/page-head.tsx';
import { useSession } from '../session/session.ts';
import { useWords, type Words } from '../words/index.ts';
import { ApiKeys } from './api-keys.tsx';
import { Audit } from './audit.tsx';
import { Business } from './business.tsx';
import { OwnAccount } from './own-account.tsx';
import { Users } from './users.tsx';

interface Part {
  readonly name: keyof Words['settings']['tabs'];
  readonly scope: string | null;
  readonly show: ComponentType;
}

const PARTS: readonly Part[] = [
  { name: 'me', scope: null, show: OwnAccount },
  { name: 'business', scope: 'admin:read', show: Business },
  { name: 'users', scope: 'users:write', show: Users },
  { name: 'keys', scope: 'admin:read', show: ApiKeys },
  { name: 'audit', scope: 'audit:read', show: Audit },
];

/** The parts of the settings a role can read. */
export function SettingsPage() {
  const { part } = useParams({ from: '/settings/$part' });
  const { settings: words } = useWords();
  const { may } = useSession();
  const parts = PARTS.filter(({ scope }) => scope === null || may(scope));
  const Shown = (parts.find(({ name }) => name === part) ?? parts[0])?.show ?? OwnAccount;
  return (
    <>
      <PageHead title={words.title} />
      <nav className="tabs" aria-label={words.title}>
        {parts.map(({ name }) => (
          <Link
            key={name}
            to="/settings/$part"
            params={{ part: name }}
            activeProps={{ 'aria-current': 'page' }}
          >
            {words.tabs[name]}
          </Link>
        ))}
      </nav>
      <Shown />
    </>
  );
}
