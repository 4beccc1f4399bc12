import { serviceSections, type Section, type Setting, type Settings } from '@tandem/platform';

/** A setting as the chart's templates need it. */
export interface ChartSetting {
  readonly required: boolean;
  readonly secret: boolean;
}
export type SettingsByService = Readonly<Record<string, Readonly<Record<string, ChartSetting>>>>;

/** Settings the chart works out itself; `settings` of its values does not take them. */
const OF_THE_CHART: ReadonlySet<string> = new Set([
  'HOST',
  'MANAGEMENT_HOST',
  'PUBLIC_BASE_URL',
  'PUBLIC_MEDIA_URL',
  'CRM_API_URL',
  'RELAY_ID',
  'RELAY_ADDRESS',
  'RELAY_REVISION',
  'RELAY_MAX_CALLS',
  'RELAY_DRAIN_GRACE_MS',
  'AUDIOSOCKET_PUBLIC_HOST',
  'RECORDINGS_DIR',
  'RECORDINGS_KEY_FILE',
  'RECORDINGS_KMS_KEY_ID',
  'RECORDINGS_S3_BUCKET',
]);

/** Returns every setting of every service, by the service's name. */
export function settingsByService(): SettingsByService {
  return Object.fromEntries(
    Object.entries(serviceSections).map(([service, sections]) => [
      service,
      Object.fromEntries(
        settingsOf(sections).map((setting) => [
          setting.env,
          { required: isRequired(setting), secret: setting.isSecret === true },
        ]),
      ),
    ]),
  );
}

/** Returns the settings a user of the chart may give by name, each once. */
export function settingsOfValues(): readonly Setting<unknown>[] {
  const all = settingsOf(Object.values(serviceSections).flat());
  return [...new Map(all.map((setting) => [setting.env, setting])).values()].filter(
    ({ env, isSecret, isPort }) => !isSecret && !isPort && !OF_THE_CHART.has(env),
  );
}

/** Returns the content of `helm/tandem/files/settings.json`. */
export function settingsFile(): string {
  const about = 'Written by "npm run docs" from libs/platform/src/config.';
  return JSON.stringify({ about, services: settingsByService() });
}

function settingsOf(sections: readonly Section<Settings>[]): Setting<unknown>[] {
  return sections.flatMap(({ settings }) => Object.values<Setting<unknown>>(settings));
}

function isRequired(setting: Setting<unknown>): boolean {
  return !setting.schema.safeParse(undefined).success;
}
