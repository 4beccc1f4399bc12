import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { Plus, X } from 'lucide-react';
import { useWords } from '../words/index.ts';
import type { Hours } from './numbers.queries.ts';

/** Monday comes first; 0 is Sunday. */
const WEEK = [1, 2, 3, 4, 5, 6, 0];

interface HoursEditorProps {
  readonly hours: readonly Hours[];
  readonly onChange: (hours: readonly Hours[]) => void;
  readonly zone: string;
}

/** Opening hours by weekday, several a day where there is a break. */
export function HoursEditor({ hours, onChange, zone }: HoursEditorProps) {
  const words = useWords();
  const replace = (old: Hours, fresh: Hours | null) =>
    onChange(hours.flatMap((each) => (each === old ? (fresh ? [fresh] : []) : [each])));
  return (
    <Stack gap={6}>
      <Text size="xs" c="dimmed">
        {words.numbers.zone(zone)}
      </Text>
      {WEEK.map((weekday) => {
        const day = words.weekdays[weekday] ?? '';
        const ofDay = hours.filter((each) => each.weekday === weekday);
        return (
          <Group key={weekday} gap="xs" align="center" role="group" aria-label={day}>
            <Text size="sm" w={92}>
              {day}
            </Text>
            {ofDay.length === 0 && (
              <Text size="sm" c="dimmed" w={150}>
                {words.numbers.closed}
              </Text>
            )}
            {ofDay.map((each, index) => (
              <Group key={index} gap={4} wrap="nowrap">
                <TimeField
                  label={`${day}: ${words.numbers.opens}`}
                  value={each.opens}
                  onChange={(opens) => replace(each, { ...each, opens })}
                />
                –
                <TimeField
                  label={`${day}: ${words.numbers.closes}`}
                  value={each.closes}
                  onChange={(closes) => replace(each, { ...each, closes })}
                />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`${words.act.remove}: ${day} ${each.opens}–${each.closes}`}
                  onClick={() => replace(each, null)}
                >
                  <X size={14} />
                </ActionIcon>
              </Group>
            ))}
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={`${words.numbers.addHours}: ${day}`}
              leftSection={<Plus size={12} />}
              onClick={() => onChange([...hours, { weekday, opens: '08:00', closes: '17:00' }])}
            >
              {words.act.add}
            </Button>
          </Group>
        );
      })}
    </Stack>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function TimeField({ label, value, onChange }: TimeFieldProps) {
  return (
    <TextInput
      size="xs"
      w={84}
      type="time"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
