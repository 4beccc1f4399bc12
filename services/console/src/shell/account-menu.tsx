import { ActionIcon, Box, Menu, SegmentedControl, Text, useMantineColorScheme } from '@mantine/core';
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
  const signOut = async () => {
    await people.signOut().catch(() => undefined);
    queries.clear();
    location.reload();
  };
  return (
    <Menu position="bottom-end" width={260} closeOnItemClick={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={words.menu}>
          <CircleUser size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Box p="xs">
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
        <Menu.Divider />
        <Box p="xs">
          <Text size="xs" mb={4} id="theme-label">
            {words.theme}
          </Text>
          <SegmentedControl
            fullWidth
            size="xs"
            aria-labelledby="theme-label"
            value={colorScheme}
            onChange={(value) => setColorScheme(value)}
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
        <Menu.Divider />
        <Menu.Item
          leftSection={<KeyRound size={15} />}
          closeMenuOnClick
          onClick={() => void navigate({ to: '/settings/$part', params: { part: 'me' } })}
        >
          {words.sessions}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={15} />} onClick={() => void signOut()}>
          {words.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
