import { serviceSections, type Section, type Setting, type Settings } from '@tandem/platform';

interface Listed {
  readonly section: Section<Settings>;
  readonly services: string[];
}

/** Each section once, with the services that read it, in the order services were declared. */
function listed(): Listed[] {
  const found = new Map<Section<Settings>, string[]>();
  for (const [service, sections] of Object.entries(serviceSections)) {
    for (const section of sections as readonly Section<Settings>[])
      found.set(section, [...(found.get(section) ?? []), service]);
  }
  return [...found].map(([section, services]) => ({ section, services }));
}

function defaultOf(setting: Setting<unknown>): string | null {
  const parsed = setting.schema.safeParse(undefined);
  if (!parsed.success || parsed.data === undefined) return null;
  // Lists as they are typed.
  const { data } = parsed;
  if (Array.isArray(data)) return data.length === 0 ? null : data.join(',');
  return typeof data === 'string' ? data : JSON.stringify(data);
}

/** "Needs `A`, and `B` or `C`." */
function needsOf({ needs = [] }: Setting<unknown>): string {
  const names = needs.map((need) =>
    [need]
      .flat()
      .map((name) => `\`${name}\``)
      .join(' or '),
  );
  return names.length === 0 ? '' : ` Needs ${names.join(', and ')}.`;
}

function isRequired(setting: Setting<unknown>): boolean {
  return !setting.schema.safeParse(undefined).success;
}

function fallback(setting: Setting<unknown>): string {
  const value = defaultOf(setting);
  if (value !== null) return `\`${value}\`${setting.unit ? ` ${setting.unit}` : ''}`;
  return isRequired(setting) ? '**required**' : (setting.whenUnset ?? 'nothing');
}

export function configurationPage(): string {
  const parts = [
    '# Configuration',
    '',
    'Written by `npm run docs` from the settings in `libs/platform/src/config`; `npm test` fails when it ' +
      'is out of date.',
    '',
    'Each service reads its settings from the environment once, at the start. If a setting is wrong or ' +
      'missing, it lists every fault with what to set and exits with code 78. An empty variable counts as ' +
      'unset. `npm start` reads `.env`, fills in what the embedded stack provides, and checks the settings ' +
      'of all six services together before it touches anything, half-set pairs and misspelt names ' +
      'included. A secret may be in a file, as Docker, Kubernetes and systemd mount them: `REDIS_URL_FILE` ' +
      'names the file with the value of `REDIS_URL`, and so for each variable marked *Secret*. ' +
      '`TANDEM_HOME` is another folder for `.env` and `.tandem`: a second stack beside the first.',
    '',
  ];
  for (const { section, services } of listed()) {
    parts.push(
      `## ${section.title}`,
      '',
      section.about,
      '',
      `Read by: ${services.join(', ')}.`,
      '',
      '| Variable | Meaning | Unset |',
      '|---|---|---|',
    );
    for (const setting of Object.values(section.settings)) {
      parts.push(
        `| \`${setting.env}\` | ` +
          `${setting.description}${needsOf(setting)}${setting.isSecret ? ' *Secret.*' : ''} | ` +
          `${fallback(setting)} |`,
      );
    }
    parts.push('');
  }
  return parts.join('\n');
}

export function environmentExample(): string {
  const parts = [
    '# Copy to .env and set what you need; npm start reads it. Every variable is explained in ' +
      'docs/configuration.md.',
    '',
  ];
  for (const { section } of listed()) {
    parts.push(`# ${section.title}: ${section.about}`);
    for (const setting of Object.values(section.settings)) {
      parts.push(`# ${setting.description}${setting.unit ? ` In ${setting.unit}.` : ''}`);
      parts.push(`# ${setting.env}=${defaultOf(setting) ?? setting.example ?? ''}`);
    }
    parts.push('');
  }
  return parts.join('\n');
}
