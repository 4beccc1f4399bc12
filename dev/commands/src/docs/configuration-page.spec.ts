import { describe, expect, it } from '@jest/globals';
import { serviceSections, type Section, type Settings } from '@tandem/platform';
import { environmentExample } from './configuration-page.ts';

describe('.env.example', () => {
  const settings = new Map(
    (Object.values(serviceSections).flat() as Section<Settings>[]).flatMap((section) =>
      Object.values(section.settings).map((setting) => [setting.env, setting]),
    ),
  );
  const lines = [...environmentExample().matchAll(/^# ([A-Z0-9_]+)=(.+)$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );

  it.each(lines)('shows for %s what one types', (name, value) => {
    expect(settings.get(name)?.schema.safeParse(value)).toMatchObject({ success: true });
  });
});
