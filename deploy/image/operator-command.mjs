// What the commands that operators run in an image have in common; no command itself.
import { parseArgs } from 'node:util';
import { readFields, secretOf } from '@tandem/platform';

/** EX_CONFIG of sysexits.h, as the services use it. */
const EXIT_CONFIGURATION = 78;

/** Returns the readers of a command's input, which refuse by ending the process: "<nothing>: <why>". */
export function operatorCommand(nothing) {
  function refuse(sentence) {
    console.error(`${nothing}: ${sentence}`);
    process.exit(EXIT_CONFIGURATION);
  }

  return {
    refuse,
    /** The options, by name. */
    asked(options) {
      try {
        return parseArgs({ options }).values;
      } catch (error) {
        const names = Object.keys(options).map((name) => `--${name}`);
        return refuse(`${error.message}. There are ${names.slice(0, -1).join(', ')} and ${names.at(-1)}.`);
      }
    },
    /** The address of the database: DATABASE_URL, or what the file holds that DATABASE_URL_FILE names. */
    databaseUrl() {
      try {
        return secretOf(process.env, 'DATABASE_URL') || refuse('DATABASE_URL is not set.');
      } catch (error) {
        return refuse(`${error.message}.`);
      }
    },
    /** The value as its schema reads it. */
    async read(schema, value) {
      const { problems, value: fields } = await readFields(schema, value);
      if (problems.length === 0) return fields;
      return refuse(problems.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; '));
    },
  };
}
