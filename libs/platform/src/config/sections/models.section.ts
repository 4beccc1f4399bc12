import { z } from 'zod';
import { section } from '../setting.ts';
import { url, wholeNumber } from './forms.ts';

export const modelSection = section('Voice models', 'Who does the talking.', {
  openaiApiKey: {
    env: 'OPENAI_API_KEY',
    schema: z.string().min(1).optional(),
    isSecret: true,
    description: 'Key of the OpenAI account.',
    whenUnset: 'agents use the guided engine (a rule-based demo, not an AI)',
    example: 'sk-...',
  },
  openaiRealtimeUrl: {
    env: 'OPENAI_REALTIME_URL',
    schema: url('ws', 'wss').default('wss://api.openai.com/v1/realtime'),
    description: 'Realtime endpoint; an Azure resource or a simulator may stand here.',
  },
  openaiRealtimeModel: {
    env: 'OPENAI_REALTIME_MODEL',
    schema: z.string().min(1).default('gpt-realtime-2.1'),
    description: 'Realtime model where the agent names none.',
  },
  openaiSecondaryUrl: {
    env: 'OPENAI_REALTIME_SECONDARY_URL',
    needs: [['OPENAI_SECONDARY_API_KEY', 'OPENAI_API_KEY']],
    schema: url('ws', 'wss').optional(),
    description:
      "Second Realtime endpoint, for the rungs of an agent's ladder that name it: another region or " +
      'account, an Azure resource.',
    whenUnset: 'those rungs are passed over',
    example: 'wss://my-resource.openai.azure.com/openai/v1/realtime',
  },
  openaiSecondaryApiKey: {
    env: 'OPENAI_SECONDARY_API_KEY',
    needs: ['OPENAI_REALTIME_SECONDARY_URL'],
    schema: z.string().min(1).optional(),
    isSecret: true,
    description: 'Key of the second endpoint.',
    whenUnset: 'OPENAI_API_KEY is used',
    example: 'sk-...',
  },
  openaiSecondaryModel: {
    env: 'OPENAI_REALTIME_SECONDARY_MODEL',
    needs: ['OPENAI_REALTIME_SECONDARY_URL'],
    schema: z.string().min(1).optional(),
    description:
      'What the model is called at the second endpoint (Azure: the deployment), where the rung names none.',
    whenUnset: 'OPENAI_REALTIME_MODEL is used',
  },
  openaiMaxSessionMs: {
    env: 'OPENAI_MAX_SESSION_MS',
    schema: wholeNumber(5_000, 86_400_000).default(3_600_000),
    unit: 'ms',
    description:
      'How long the endpoints let a session last. A session is renewed at a pause from five sixths of it on.',
  },
  modelOpenTimeoutMs: {
    env: 'MODEL_OPEN_TIMEOUT_MS',
    schema: wholeNumber(200, 30_000).default(2_000),
    unit: 'ms',
    description: 'How long a Realtime session may take to open before the next rung of the ladder is tried.',
  },
  modelHangMs: {
    env: 'MODEL_HANG_MS',
    schema: wholeNumber(1_000, 60_000).default(4_000),
    unit: 'ms',
    description: 'How long a model may be silent while it owes an answer before it is taken for hung.',
  },
});

export const guidedSection = section(
  'Guided engine',
  'Programs of the keyless engine. `npm start` finds or fetches them and sets these.',
  {
    flitePath: {
      env: 'GUIDED_FLITE_PATH',
      schema: z.string().optional(),
      description: 'The flite speech synthesiser.',
      whenUnset: 'espeak-ng is tried',
    },
    espeakPath: {
      env: 'GUIDED_ESPEAK_PATH',
      schema: z.string().optional(),
      description: 'The espeak-ng speech synthesiser.',
      whenUnset: 'the guided engine is not available without flite',
    },
    pocketsphinxPath: {
      env: 'GUIDED_POCKETSPHINX_PATH',
      needs: ['GUIDED_POCKETSPHINX_MODEL_DIR'],
      schema: z.string().optional(),
      description: 'The pocketsphinx_continuous recogniser.',
      whenUnset: 'the guided engine follows a fixed script and says so',
    },
    pocketsphinxModelDir: {
      env: 'GUIDED_POCKETSPHINX_MODEL_DIR',
      needs: ['GUIDED_POCKETSPHINX_PATH'],
      schema: z.string().optional(),
      description: 'Folder with en-us and cmudict-en-us.dict.',
    },
    speechLibraryPath: {
      env: 'GUIDED_LIBRARY_PATH',
      schema: z.string().optional(),
      description: 'LD_LIBRARY_PATH for these programs.',
    },
  },
);
