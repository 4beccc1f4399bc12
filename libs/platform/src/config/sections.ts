import { isPhoneCountry, relayIdSchema } from '@tandem/contracts';
import { z } from 'zod';
import { section } from './setting.ts';

const port = z.coerce.number('must be a number').int().min(0).max(65_535);
const milliseconds = (least: number, most: number) =>
  z.coerce.number('must be a number').int().min(least).max(most);
const count = (least: number, most: number) => z.coerce.number('must be a number').int().min(least).max(most);
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `must be a URL starting with ${protocols.map((name) => `${name}://`).join(' or ')}`,
    )
    .transform((value) => value.replace(/\/+$/, ''));
const secretList = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .refine(
    (secrets) => secrets.length > 0 && secrets.every((secret) => secret.length >= 32),
    'each secret needs 32 characters or more',
  );

const list = (value: string) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

export const processSection = section('Every service', 'How a service listens and logs.', {
  host: { env: 'HOST', schema: z.string().default('0.0.0.0'), description: 'Address to listen on.' },
  managementPort: {
    env: 'MANAGEMENT_PORT',
    schema: port.optional(),
    isPort: true,
    description:
      "Port for `/readyz` and `/metrics`, which are then not on the service's own port; 0 takes a free " +
      'one. See docs/operation.md.',
    whenUnset: "they are on the service's own port",
    example: '9464',
  },
  managementHost: {
    env: 'MANAGEMENT_HOST',
    schema: z.string().optional(),
    description: 'Address MANAGEMENT_PORT is opened on.',
    whenUnset: 'HOST',
    example: '127.0.0.1',
  },
  logLevel: {
    env: 'LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    description: 'Least severe level that is logged.',
  },
  otlpEndpoint: {
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    schema: url('http', 'https').optional(),
    description: 'Where traces are sent (OTLP over HTTP).',
    whenUnset: 'no traces are recorded',
    example: 'http://otel-collector:4318',
  },
});

export const secretSection = section(
  'Shared secret',
  'What the services of one deployment know and nobody else does.',
  {
    secrets: {
      env: 'TANDEM_SECRET',
      schema: secretList,
      isSecret: true,
      description:
        'Signs stream tickets, callback tokens and calls between services, and encrypts personal data ' +
        'in Redis. 32 characters or more. To rotate, put the new one first and keep the old one behind ' +
        'a comma until the longest call is over.',
      example: 'at-least-32-random-characters-here',
    },
  },
);

export const redisSection = section(
  'Redis',
  'Call state, relay leases and queues. Redis 6.2 or newer without cluster mode, maxmemory-policy ' +
    'noeviction, AOF every second. See docs/operation.md.',
  {
    redisUrl: {
      env: 'REDIS_URL',
      schema: url('redis', 'rediss'),
      isSecret: true,
      description: 'Redis to use.',
      example: 'redis://localhost:6379',
    },
  },
);

export const databaseSection = section(
  'PostgreSQL',
  'Everything that outlives a call. PostgreSQL 13 or newer with btree_gist, directly or behind ' +
    'PgBouncer in session or transaction mode.',
  {
    databaseUrl: {
      env: 'DATABASE_URL',
      schema: url('postgres', 'postgresql'),
      isSecret: true,
      description: 'Database to use.',
      example: 'postgres://tandem:secret@localhost:5432/tandem',
    },
    databasePoolSize: {
      env: 'DATABASE_POOL_SIZE',
      schema: count(1, 200).default(10),
      unit: 'connections',
      description: 'Connections each process may hold.',
    },
  },
);

export const carrierSection = section('Twilio', 'The accounts whose numbers ring here.', {
  twilioAccountSid: {
    env: 'TWILIO_ACCOUNT_SID',
    needs: ['TWILIO_AUTH_TOKEN'],
    schema: z
      .string()
      .regex(/^AC[0-9a-f]{32}$/, 'must be AC and 32 hexadecimal digits')
      .optional(),
    description:
      'Account SID. Webhooks of an account that is named neither here nor in TWILIO_ACCOUNTS are ' +
      'refused; calls of relays that fall silent are pulled over to others in its name.',
    whenUnset:
      'webhooks of any account are accepted, if their signature fits, and a call whose relay falls ' +
      'silent without its stream breaking is lost',
    example: 'AC00000000000000000000000000000000',
  },
  twilioAuthTokens: {
    env: 'TWILIO_AUTH_TOKEN',
    schema: z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean),
      )
      .refine((tokens) => tokens.length >= 1 && tokens.length <= 2, 'one token, or two while rotating'),
    isSecret: true,
    description:
      'Auth token that signs webhooks; two, separated by a comma, during rotation (the first one is ' +
      'used for REST calls).',
    example: 'your-auth-token',
  },
  twilioAccounts: {
    env: 'TWILIO_ACCOUNTS',
    schema: z
      .string()
      .transform(list)
      .refine(
        (entries) => entries.every((entry) => /^AC[0-9a-f]{32}:[^\s:]+$/.test(entry)),
        'each must be an account SID, a colon and its auth token',
      )
      .transform((entries) =>
        entries.map((entry) => ({ accountSid: entry.slice(0, 34), secret: entry.slice(35) })),
      )
      .default([]),
    isSecret: true,
    description:
      'Further accounts and subaccounts whose numbers ring here, as SID:token, separated by commas; the ' +
      'same SID twice during rotation. Each token signs for its own account only, and calls are changed ' +
      'in the name of theirs.',
    whenUnset: 'no others',
    example: 'AC11111111111111111111111111111111:its-auth-token',
  },
  twilioWebhookKeys: {
    env: 'TWILIO_WEBHOOK_KEYS',
    schema: z
      .string()
      .transform(list)
      .refine(
        (entries) => entries.every((entry) => /^AC[0-9a-f]{32}:[\w-]+:\S+$/.test(entry)),
        'each must be an account SID, the id of a shared key and its secret, with colons between',
      )
      .transform((entries) =>
        entries.map((entry) => ({
          accountSid: entry.slice(0, 34),
          keyId: entry.slice(35, entry.indexOf(':', 35)),
          secret: entry.slice(entry.indexOf(':', 35) + 1),
        })),
      )
      .default([]),
    isSecret: true,
    description:
      "Shared keys of Twilio's Webhooks configuration API (a webhook rule signs with them instead of " +
      'the auth token), as SID:key:secret, separated by commas; old and new side by side during ' +
      'rotation.',
    whenUnset: 'webhooks signed with a shared key are refused',
    example: 'AC00000000000000000000000000000000:webhooks_sharedkey_1:its-secret',
  },
});

export const carrierApiSection = section('Twilio REST API', 'How running calls are changed.', {
  twilioApiUrl: {
    env: 'TWILIO_API_URL',
    schema: url('http', 'https').optional(),
    description: 'Where the REST API is; a simulator may stand here.',
    whenUnset: "Twilio's own address",
    example: 'https://api.twilio.com',
  },
});

export const ingressSection = section('call-ingress', 'The door for carriers.', {
  port: {
    env: 'CALL_INGRESS_PORT',
    schema: port.default(8080),
    isPort: true,
    description: 'Port of call-ingress.',
  },
  publicBaseUrl: {
    env: 'PUBLIC_BASE_URL',
    schema: url('http', 'https').optional(),
    description:
      'Address under which Twilio reaches call-ingress. Signatures are checked against it, so it must ' +
      'be exactly what the number is configured with.',
    whenUnset: "call-ingress's own http address",
    example: 'https://voice.example.com',
  },
  publicMediaUrl: {
    env: 'PUBLIC_MEDIA_URL',
    schema: url('ws', 'wss').optional(),
    description:
      'Address under which Twilio reaches the relays; {relay} stands for the relay id, otherwise ' +
      '/media/<relay id> is appended.',
    whenUnset: "each relay's own ws:// address",
    example: 'wss://media.example.com',
  },
  phoneCountry: {
    env: 'PHONE_COUNTRY',
    schema: z
      .string()
      .refine(isPhoneCountry, 'must be two capital letters of ISO 3166, such as US')
      .optional(),
    description:
      'Country whose way of writing holds for a dialled number that comes without country code, as some ' +
      'SIP trunks send them.',
    whenUnset: 'such a number is read as one whose + was left out',
    example: 'US',
  },
});

export const relaySection = section('media-relay', 'The fleet that holds calls.', {
  port: {
    env: 'MEDIA_RELAY_PORT',
    schema: port.default(8081),
    isPort: true,
    description: 'Port of media-relay.',
  },
  relayId: {
    env: 'RELAY_ID',
    schema: relayIdSchema,
    description:
      'Name of this relay, unique in the fleet: lower-case letters, digits, dashes. On Kubernetes the ' +
      'pod name.',
    example: 'relay-1',
  },
  relayAddress: {
    env: 'RELAY_ADDRESS',
    schema: url('ws', 'wss').optional(),
    description: 'Address of this relay as the network sees it, used when PUBLIC_MEDIA_URL is not set.',
    whenUnset: 'ws://127.0.0.1:<port>',
  },
  maxCalls: {
    env: 'RELAY_MAX_CALLS',
    schema: count(1, 5000).default(200),
    unit: 'calls',
    description: 'Calls this relay takes at most.',
  },
  maxLoopDelayMs: {
    env: 'RELAY_MAX_LOOP_DELAY_MS',
    schema: milliseconds(20, 5_000).default(200),
    unit: 'ms',
    description:
      'A relay whose event loop is later than this (p99 of a second, three seconds in a row) gets no ' +
      'new calls, whatever RELAY_MAX_CALLS says.',
  },
  soundsDir: {
    env: 'SOUNDS_DIR',
    schema: z.string().min(1).optional(),
    description: 'Folder with wait music that agents name: WAV files of 16-bit PCM, any rate and channels.',
    whenUnset: 'the built-in tune is the only one',
    example: '/var/lib/tandem/sounds',
  },
  drainGraceMs: {
    env: 'RELAY_DRAIN_GRACE_MS',
    schema: milliseconds(0, 7_200_000).default(3_600_000),
    unit: 'ms',
    description: 'How long running calls may go on after SIGTERM before they are ended.',
  },
});

export const recordingsSection = section(
  'Recordings',
  'Where recorded calls are kept, sealed. The same for media-relay and control-api. See docs/recordings.md.',
  {
    recordingsDir: {
      env: 'RECORDINGS_DIR',
      needs: [['RECORDINGS_KEY_FILE', 'RECORDINGS_KMS_KEY_ID']],
      schema: z.string().min(1).optional(),
      description: 'Folder of the recordings; with a bucket, where they wait until they are in it.',
      whenUnset: 'nothing is recorded, whatever agents say',
      example: '/var/lib/tandem/recordings',
    },
    recordingsKeyFile: {
      env: 'RECORDINGS_KEY_FILE',
      needs: ['RECORDINGS_DIR'],
      excludes: 'RECORDINGS_KMS_KEY_ID',
      schema: z.string().min(1).optional(),
      description: 'JSON file with the keys recordings are sealed under, the newest first.',
      whenUnset: 'RECORDINGS_KMS_KEY_ID is needed',
      example: '/run/secrets/recording-keys.json',
    },
    recordingsKmsKeyId: {
      env: 'RECORDINGS_KMS_KEY_ID',
      needs: ['RECORDINGS_DIR', 'AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).max(200).optional(),
      description: 'AWS KMS key (id, ARN or alias) in place of the file.',
      example: 'alias/tandem-recordings',
    },
    recordingsS3Bucket: {
      env: 'RECORDINGS_S3_BUCKET',
      needs: ['RECORDINGS_DIR', 'AWS_ACCESS_KEY_ID'],
      schema: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
        .optional(),
      description: 'Bucket for the recordings.',
      whenUnset: 'they stay in the folder',
      example: 'tandem-recordings',
    },
    awsRegion: {
      env: 'AWS_REGION',
      schema: z
        .string()
        .regex(/^[a-z0-9-]{1,40}$/)
        .default('us-east-1'),
      description: 'Region of bucket and key.',
    },
    awsAccessKeyId: {
      env: 'AWS_ACCESS_KEY_ID',
      needs: ['AWS_SECRET_ACCESS_KEY'],
      schema: z.string().min(1).optional(),
      description: 'Access key for bucket and key.',
      example: 'AKIAIOSFODNN7EXAMPLE',
    },
    awsSecretAccessKey: {
      env: 'AWS_SECRET_ACCESS_KEY',
      needs: ['AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'Its secret.',
      example: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    awsSessionToken: {
      env: 'AWS_SESSION_TOKEN',
      needs: ['AWS_ACCESS_KEY_ID'],
      schema: z.string().min(1).optional(),
      isSecret: true,
      description: 'For temporary credentials.',
    },
    awsEndpointUrlS3: {
      env: 'AWS_ENDPOINT_URL_S3',
      schema: url('http', 'https').optional(),
      description: 'Another store that speaks S3: MinIO, Ceph, R2.',
      whenUnset: "AWS's of the region",
      example: 'https://minio.example.com',
    },
    awsEndpointUrlKms: {
      env: 'AWS_ENDPOINT_URL_KMS',
      schema: url('http', 'https').optional(),
      description: "Another service that speaks KMS's protocol.",
      whenUnset: "AWS's of the region",
    },
  },
);

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
    schema: milliseconds(5_000, 86_400_000).default(3_600_000),
    unit: 'ms',
    description:
      'How long the endpoints let a session last. A session is renewed at a pause from five sixths of it on.',
  },
  modelOpenTimeoutMs: {
    env: 'MODEL_OPEN_TIMEOUT_MS',
    schema: milliseconds(200, 30_000).default(2_000),
    unit: 'ms',
    description: 'How long a Realtime session may take to open before the next rung of the ladder is tried.',
  },
  modelHangMs: {
    env: 'MODEL_HANG_MS',
    schema: milliseconds(1_000, 60_000).default(4_000),
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

export const toolWorkerSection = section('tool-worker', 'Does what agents ask for.', {
  port: {
    env: 'TOOL_WORKER_PORT',
    schema: port.default(8084),
    isPort: true,
    description: 'Port of tool-worker (health and metrics).',
  },
  crmApiUrl: {
    env: 'CRM_API_URL',
    schema: url('http', 'https').default('http://127.0.0.1:8082'),
    description: 'Where crm-api is.',
  },
  toolConcurrency: {
    env: 'TOOL_CONCURRENCY',
    schema: count(1, 500).default(50),
    unit: 'jobs',
    description: 'Tool calls one worker does at a time.',
  },
});

export const postCallWorkerSection = section('post-call-worker', 'Writes down what happened.', {
  port: {
    env: 'POST_CALL_WORKER_PORT',
    schema: port.default(8085),
    isPort: true,
    description: 'Port of post-call-worker (health and metrics).',
  },
  postCallConcurrency: {
    env: 'POST_CALL_CONCURRENCY',
    schema: count(1, 100).default(8),
    unit: 'jobs',
    description: 'Calls one worker writes at a time.',
  },
});

const network = /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:[12]?\d|3[0-2])|[0-9a-f:]+\/(?:1[01]\d|12[0-8]|\d{1,2}))$/i;

export const outboundSection = section('Requests to others', 'Where tenants may have events delivered.', {
  trustedNetworks: {
    env: 'OUTBOUND_TRUSTED_NETWORKS',
    schema: z
      .string()
      .transform(list)
      .refine(
        (networks) => networks.every((part) => network.test(part)),
        'each must be an address and a prefix, such as 10.20.0.0/16',
      )
      .default([]),
    description:
      'Networks of your own that webhooks may be sent to, also without TLS: CIDR blocks, separated by ' +
      'commas. Everywhere else private and reserved addresses are refused, and https is a must.',
    whenUnset: 'none',
    example: '10.20.0.0/16',
  },
});

export const webhookSection = section('Webhooks', 'Delivery of events to business systems.', {
  webhookRetryDelaysS: {
    env: 'WEBHOOK_RETRY_DELAYS_S',
    schema: z
      .string()
      .transform((value) => list(value).map(Number))
      .refine(
        (delays) =>
          delays.length > 0 &&
          delays.length <= 40 &&
          delays.every((delay) => Number.isInteger(delay) && delay >= 1 && delay <= 604_800),
        'must be 1 to 40 whole numbers of seconds',
      )
      .default([5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 72_000]),
    unit: 's',
    description:
      'Pauses before the second and each further try, separated by commas; after the last one an event ' +
      'is given up and can be replayed. Each is varied by a fifth.',
    whenUnset: '5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 72000: three days',
  },
  webhookTimeoutMs: {
    env: 'WEBHOOK_TIMEOUT_MS',
    schema: milliseconds(500, 60_000).default(15_000),
    unit: 'ms',
    description: 'How long a receiver may take to answer.',
  },
  webhookConcurrency: {
    env: 'WEBHOOK_CONCURRENCY',
    schema: count(1, 500).default(64),
    unit: 'requests',
    description: 'Deliveries one worker has under way at a time, to all receivers together.',
  },
});

export const crmApiSection = section('crm-api', 'Contacts, services, resources and bookings.', {
  port: { env: 'CRM_API_PORT', schema: port.default(8082), isPort: true, description: 'Port of crm-api.' },
});

export const controlApiSection = section(
  'control-api',
  "The operators' door: calls, transcripts, tool calls, and commands for running calls.",
  {
    port: {
      env: 'CONTROL_API_PORT',
      schema: port.default(8083),
      isPort: true,
      description: 'Port of control-api.',
    },
  },
);
