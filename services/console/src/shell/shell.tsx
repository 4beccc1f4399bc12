import { AppShell, Burger, Group, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { SessionDialogs } from '../session/session-dialogs.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { AccountMenu } from './account-menu.tsx';
import { FreshnessContext, FreshnessDot, SleepNotice, type Freshness } from './freshness.tsx';
import { Mark } from './mark.tsx';
import { placesFor } from './places.ts';
import { SearchBox } from './search-box.tsx';
import { usePlaceKeys } from './use-place-keys.ts';

/** Navigation, top bar and the page itself. */
export function Shell() {
  const words = useWords().nav;
  const { tenant } = useSession();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [current, setCurrent] = useState<Freshness | null>(null);
  const report = useCallback((freshness: Freshness | null) => setCurrent(freshness), []);
  const store = useMemo(() => ({ current, report }), [current, report]);
  const content = useRouteFocus(close);
  return (
    <FreshnessContext value={store}>
      <a href="#content" className="skip-link">
        {words.skip}
      </a>
      <AppShell
        header={{ height: 48 }}
        navbar={{ width: 196, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
        padding="md"
      >
        <AppShell.Header className="bar">
          <Group h="100%" px="md" justify="space-between" wrap="nowrap">
            <Group gap="sm" wrap="nowrap">
              <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={words.open} />
              <Mark size={24} />
              <Text fw={650} size="md">
                Tandem
              </Text>
              <Text c="dimmed" size="sm" truncate visibleFrom="sm">
                {tenant.name}
              </Text>
            </Group>
            <Group gap="sm" wrap="nowrap">
              <FreshnessDot />
              <div className="wide-only">
                <SearchBox />
              </div>
              <AccountMenu />
            </Group>
          </Group>
        </AppShell.Header>
        <AppShell.Navbar p="xs" className="bar" aria-label={words.label}>
          <Places />
        </AppShell.Navbar>
        <AppShell.Main id="content" ref={content} tabIndex={-1}>
          <SleepNotice />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <SessionDialogs />
    </FreshnessContext>
  );
}

function Places() {
  const words = useWords().nav;
  const { may } = useSession();
  usePlaceKeys();
  return placesFor(may).map(({ to, name, icon: Icon }) => (
    <NavLink
      key={to}
      component={Link}
      to={to}
      label={words[name]}
      leftSection={<Icon size={16} aria-hidden="true" />}
      activeProps={{ 'aria-current': 'page', 'data-active': true }}
    />
  ));
}

/** Moves the focus to the page when its place changes, so that a reader of screens notices. */
function useRouteFocus(close: () => void) {
  const content = useRef<HTMLElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isFirst = useRef(true);
  useEffect(() => {
    close();
    if (!isFirst.current) content.current?.focus({ preventScroll: true });
    isFirst.current = false;
    // Not when `close` changes: it is made anew with each rendering.
  }, [path]);
  return content;
}
