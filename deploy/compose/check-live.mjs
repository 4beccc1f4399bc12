// Run before a platform is opened to a real number: refuses what is missing or for trials only.
const { env } = process;
const WANTED = [
  [
    'TANDEM_SECRET',
    (value) => value.length >= 32 && !value.includes('trial'),
    '32 random characters or more',
  ],
  ['TWILIO_ACCOUNT_SID', (value) => /^AC[0-9a-f]{32}$/.test(value), 'the SID of your account'],
  ['TWILIO_AUTH_TOKEN', (value) => value !== '' && !value.includes('trial'), 'the token of your account'],
  ['OPENAI_API_KEY', (value) => value !== '' && value !== 'sk-simulated', 'a key of yours'],
  ['OPENAI_REALTIME_URL', (value) => value.startsWith('wss://'), 'wss://api.openai.com/v1/realtime'],
  ['PUBLIC_BASE_URL', (value) => value.startsWith('https://'), 'the https address the number points to'],
  ['PUBLIC_MEDIA_URL', (value) => value.startsWith('wss://'), 'the wss address of the same host'],
  ['POSTGRES_PASSWORD', (value) => value.length >= 16, '16 characters or more, set before the first start'],
  [
    'DEMO_API_KEY',
    (value) => /^tk_[\w-]{43,86}$/.test(value) && !value.includes('trial'),
    'tk_ and 43 random ones',
  ],
  ['SMTP_URL', (value) => !value.includes('@mail:2525'), 'your mail server, or empty (SMTP_URL=) for none'],
  ['MAIL_FROM', (value) => value !== 'agent@tandem.example', 'an address of yours, or empty with SMTP_URL'],
];
const faults = WANTED.filter(([name, isRight]) => !isRight(env[name] ?? ''));
for (const [name, , wanted] of faults) console.error(`${name} must be ${wanted}: set it in .env.`);
process.exit(faults.length === 0 ? 0 : 78);
