import { z } from 'zod';
import { section } from '../setting.ts';
import { url, wholeNumber } from './forms.ts';

export const modelSection = section('Voice models', 'The models agents speak through.', {
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
    description: 'Realtime endpoint: OpenAI, an Azure resource or a simulator.',
  },
  openaiRealtimeModel: {
    env: 'OPENAI_REALTIME_MODEL',
    schema: z.string().min(1).default('gpt-realtime-2.1'),
    description: 'Realtime model of agents that name none.',
  },
  openaiSecondaryUrl: {
    env: 'OPENAI_REALTIME_SECONDARY_URL',
    needs: [['OPENAI_SECONDARY_API_KEY', 'OPENAI_API_KEY']],
    schema: url('ws', 'wss').optional(),
    description:
      'Second Realtime endpoint, for fallbacks of agents that name it: another region or account, ' +
      'an Azure resource.',
    whenUnset: 'those fallbacks are skipped',
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
    description: 'Model name at the second endpoint (Azure: the deployment), where the fallback names none.',
    whenUnset: 'OPENAI_REALTIME_MODEL is used',
  },
  openaiMaxSessionMs: {
    env: 'OPENAI_MAX_SESSION_MS',
    schema: wholeNumber(5_000, 86_400_000).default(3_600_000),
    unit: 'ms',
    description:
      'Longest session the endpoints allow. A session is renewed at a pause after five sixths of it.',
  },
  modelOpenTimeoutMs: {
    env: 'MODEL_OPEN_TIMEOUT_MS',
    schema: wholeNumber(200, 30_000).default(2_000),
    unit: 'ms',
    description: 'How long a Realtime session may take to open before the next fallback is tried.',
  },
  modelHangMs: {
    env: 'MODEL_HANG_MS',
    schema: wholeNumber(1_000, 60_000).default(4_000),
    unit: 'ms',
    description: 'How long a model may be silent while a response is due before it counts as hung.',
  },
});

export const guidedSection = section(
  'Guided engine',
  'Programs of the engine without a key. `npm start` finds or fetches them and sets these.',
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
