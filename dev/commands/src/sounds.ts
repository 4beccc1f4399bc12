import { resolve } from 'node:path';
import { ensureSpeech, parseOptions, refuse, VOICES, type Voice } from '@tandem/stack';
import { makeSounds, readTexts, SOUND_TEXTS } from './deploy/sounds/make-sounds.ts';
import { runCommand } from './stack/command.ts';

const HELP = `npm run sounds -- --to F                the sounds a PBX plays for us, as WAV files in F
npm run sounds -- --to F --texts T      other words in English: a JSON file
npm run sounds -- --to F --voice rms    another voice: ${VOICES.join(', ')}

Asterisk finds them below its folder of sounds, as tandem/<name>.wav. See docs/asterisk.md.`;

const values = parseOptions(
  {
    options: {
      to: { type: 'string' },
      texts: { type: 'string', default: SOUND_TEXTS },
      voice: { type: 'string', default: 'slt' },
      help: { type: 'boolean', short: 'h' },
    },
  },
  HELP,
);
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const { texts, to = refuse('--to is missing: the folder to write to.', HELP) } = values;
const voice: Voice =
  VOICES.find((each) => each === values.voice) ?? refuse(`There is no voice "${values.voice}".`, HELP);

await runCommand(async () => {
  const sounds = readTexts(resolve(texts));
  const speech = await ensureSpeech({ log: (line) => console.log(line) });
  const onWritten = (file: string) => console.log(`  ✔ ${file}`);
  await makeSounds(speech, sounds, { folder: resolve(to), voice, onWritten });
  return 0;
});
