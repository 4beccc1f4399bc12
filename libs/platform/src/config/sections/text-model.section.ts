import { z } from 'zod';
import { section } from '../setting.ts';
import { url, wholeNumber } from './forms.ts';

export const textModelSection = section(
  'Text model',
  'The language model that answers messages and analyses calls.',
  {
    textModelKind: {
      env: 'TEXT_MODEL_KIND',
      needs: ['TEXT_MODEL_NAME'],
      schema: z.enum(['openai', 'anthropic']).optional(),
      description:
        'Form of its API: `openai` for chat completions (OpenAI, Azure, vLLM, Ollama), `anthropic` for ' +
        'messages.',
      whenUnset:
        'messages are answered with a text that says that no language model is set up; calls are analysed ' +
        'by rules',
      example: 'openai',
    },
    textModelName: {
      env: 'TEXT_MODEL_NAME',
      needs: ['TEXT_MODEL_KIND'],
      schema: z.string().min(1).max(200).optional(),
      description: 'Name of the model; at Azure that of the deployment.',
      example: 'the-name-of-a-model',
    },
    textModelUrl: {
      env: 'TEXT_MODEL_URL',
      needs: ['TEXT_MODEL_KIND'],
      schema: url('http', 'https').optional(),
      description: 'Address of the API, up to and with /v1.',
      whenUnset: "OpenAI's or Anthropic's own",
      example: 'https://my-resource.openai.azure.com/openai/v1',
    },
    textModelApiKey: {
      env: 'TEXT_MODEL_API_KEY',
      needs: ['TEXT_MODEL_KIND'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'Key of the API. A server of your own may need none.',
      whenUnset: 'OpenAI and Anthropic are not used: as without TEXT_MODEL_KIND',
      example: 'sk-...',
    },
    textModelTimeoutMs: {
      env: 'TEXT_MODEL_TIMEOUT_MS',
      schema: wholeNumber(1_000, 120_000).default(30_000),
      unit: 'ms',
      description: 'How long an answer may take, further attempts included.',
    },
  },
);
