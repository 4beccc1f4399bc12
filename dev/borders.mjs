// Who may import whom. ESLint enforces this table between projects; the borders inside projects, Node's own
// modules and the handlers of tools are rules of .dependency-cruiser.cjs. `own` lists the projects that may
// be imported, `banned` the packages that may not.
const NEST = ['@nestjs/*'];
const DATABASE = ['typeorm', 'pg'];

export const table = {
  'lib:contracts': { own: [], banned: [...NEST, ...DATABASE, 'ws', 'ioredis', 'bullmq'] },
  'lib:conversation': {
    own: ['lib:contracts'],
    banned: [...NEST, ...DATABASE, 'ws', 'ioredis', 'bullmq', 'twilio', 'openai'],
  },
  // Runs in browsers as well: no package at all.
  'lib:softphone': {
    own: [],
    banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'ws', 'twilio', 'openai', 'zod'],
  },
  'lib:telephony': {
    own: ['lib:contracts', 'lib:conversation', 'lib:softphone'],
    banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'openai'],
  },
  'lib:models': {
    own: ['lib:contracts', 'lib:conversation'],
    banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'twilio'],
  },
  'lib:guided': {
    own: ['lib:contracts', 'lib:conversation'],
    banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'twilio', 'openai', 'ws'],
  },
  'lib:tools': { own: ['lib:contracts'], banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'ws'] },
  'lib:call-state': {
    own: ['lib:contracts', 'lib:conversation'],
    banned: [...NEST, ...DATABASE, 'bullmq', 'ws'],
  },
  'lib:database': { own: ['lib:contracts'], banned: [...NEST, 'ioredis', 'bullmq', 'ws'] },
  'lib:platform': { own: ['lib:contracts'], banned: [...DATABASE, 'ws', 'twilio', 'openai'] },
  'lib:recordings': {
    own: ['lib:contracts', 'lib:conversation'],
    banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'ws'],
  },
  'lib:calendars': { own: [], banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'ws'] },
  'service:call-ingress': {
    own: [
      'lib:contracts',
      'lib:softphone',
      'lib:telephony',
      'lib:call-state',
      'lib:database',
      'lib:platform',
    ],
    banned: ['openai', 'ws'],
  },
  'service:media-relay': {
    own: [
      'lib:contracts',
      'lib:conversation',
      'lib:softphone',
      'lib:telephony',
      'lib:models',
      'lib:guided',
      'lib:tools',
      'lib:call-state',
      'lib:platform',
      'lib:recordings',
    ],
    banned: [...DATABASE, '@nestjs/typeorm'],
  },
  'service:tool-worker': {
    own: ['lib:contracts', 'lib:tools', 'lib:call-state', 'lib:platform'],
    banned: [...DATABASE, 'openai', 'ws'],
  },
  'service:post-call-worker': {
    own: [
      'lib:calendars',
      'lib:contracts',
      'lib:call-state',
      'lib:database',
      'lib:models',
      'lib:platform',
      'lib:telephony',
      'lib:tools',
    ],
    banned: ['openai', 'ws'],
  },
  'service:crm-api': {
    own: ['lib:calendars', 'lib:contracts', 'lib:call-state', 'lib:database', 'lib:platform'],
    banned: ['openai', 'ws', 'twilio', 'ioredis'],
  },
  // A page for browsers: what it knows of the services is the client generated from their document.
  'service:console': {
    own: [],
    banned: [...NEST, ...DATABASE, 'ioredis', 'bullmq', 'ws', 'twilio', 'openai', 'zod'],
  },
  'service:control-api': {
    own: [
      'lib:calendars',
      'lib:contracts',
      'lib:call-state',
      'lib:database',
      'lib:platform',
      'lib:recordings',
      'lib:telephony',
      'lib:tools',
    ],
    banned: ['openai', 'ws'],
  },
  'dev:kit': { own: [], banned: [] },
  'dev:stack': { own: ['dev:kit'], banned: [] },
  'dev:simulators': { own: ['dev:kit', 'lib:contracts'], banned: [] },
  'dev:commands': {
    own: [
      'dev:kit',
      'dev:stack',
      'dev:simulators',
      'lib:contracts',
      'lib:call-state',
      'lib:database',
      'lib:models',
      'lib:platform',
    ],
    banned: [],
  },
  'dev:load': {
    own: [
      'dev:commands',
      'dev:kit',
      'dev:stack',
      'dev:simulators',
      'lib:contracts',
      'lib:conversation',
      'lib:telephony',
      'lib:models',
      'lib:call-state',
    ],
    banned: [],
  },
  'dev:chaos': {
    own: [
      'dev:commands',
      'dev:kit',
      'dev:stack',
      'dev:simulators',
      'lib:contracts',
      'lib:call-state',
      'lib:database',
      'lib:softphone',
    ],
    banned: [],
  },
};

export const borders = {
  nxConstraints: Object.entries(table).map(([sourceTag, { own, banned }]) => ({
    sourceTag,
    onlyDependOnLibsWithTags: own,
    bannedExternalImports: banned,
  })),
};
