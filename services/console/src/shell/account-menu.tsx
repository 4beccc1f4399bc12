import {
  ActionIcon,
  Box,
  Button,
  Divider,
  Popover,
  SegmentedControl,
  Stack,
  Text,
  useMantineColorScheme,
} from '@mantine/core';
import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleUser, KeyRound, LogOut } from 'lucide-react';
import { people } from '../api/people.ts';
import { useSession } from '../session/session.ts';
import { useWords } from '../words/index.ts';
import { LanguageSwitch } from './language-switch.tsx';

/** Signing out, and how the console looks to this person. */
export function AccountMenu() {
  const { account: words, settings } = useWords();
  const { user, tenant, role } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const signOut = async () => {
    await people.signOut().catch(() => undefined);
    queries.clear();
    location.reload();
  };
  return (
    <Popover position="bottom-end" width={260} opened={isOpen} onChange={setOpen} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={words.menu}
          onClick={() => setOpen(!isOpen)}
        >
          <CircleUser size={20} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={words.menu}>
        <Box p="sm">
          <Text size="sm" fw={600}>
            {user.name}
          </Text>
          <Text size="xs" c="dimmed">
            {user.email} · {settings.roles[role]}
          </Text>
          <Text size="xs" c="dimmed">
            {tenant.name} · {words.zone(tenant.zone)}
          </Text>
        </Box>
        <Divider />
        <Box p="sm">
          <Text size="xs" mb={4} id="theme-label">
            {words.theme}
          </Text>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={setColorScheme}
            data={[
              { value: 'light', label: words.light },
              { value: 'dark', label: words.dark },
              { value: 'auto', label: words.system },
            ]}
          />
          <Box mt="xs">
            <LanguageSwitch />
          </Box>
        </Box>
        <Divider />
        <Stack gap={0} p={6}>
          <Button
            variant="subtle"
            color="gray"
            size="compact-md"
            justify="flex-start"
            leftSection={<KeyRound size={15} />}
            onClick={() => {
              setOpen(false);
              void navigate({ to: '/settings/$part', params: { part: 'me' } });
            }}
          >
            {words.sessions}
          </Button>
          <Button
            variant="subtle"
            color="gray"
            size="compact-md"
            justify="flex-start"
            leftSection={<LogOut size={15} />}
            onClick={() => void signOut()}
          >
            {words.signOut}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
