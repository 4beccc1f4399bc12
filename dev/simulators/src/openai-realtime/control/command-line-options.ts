export const HELP = `A local OpenAI Realtime (GA) server for tests, benches and demos.

Usage: node dev/simulators/dist/openai-realtime/cli.js [options]

Where
  --port <n>             WebSocket port (default 8765; 0 takes a free one)
  --control-port <n>     HTTP control port (default 8766; 0 takes a free one; "off" for none)
  --host <address>       Address to listen on (default 127.0.0.1). The control port has no authentication.

How it answers
  --behaviour <name>     guided (default): a booking dialogue that uses the tools of the session
                         scripted: the turns of --script
                         echo: says back the caller's audio, byte for byte
                         tone: a steady tone, for load
  --script <file>        JSON: {"turns":[{"say":"..."},
                         {"call":{"name":"...","arguments":{}},"then":{"say":"..."}}]}
  --lines <file>         JSON list: what the caller says, utterance by utterance
  --tone-ms <n>          Length of an answer of the tone behaviour (default 3000)

How fast
  --first-byte-ms <n>    From response.created to the first output (default 300)
  --audio-rate <x>       Audio is generated x times faster than it plays (default 5)
  --delta-ms <n>         Audio in one delta (default 200)
  --transcription-ms <n> From commit to the caller's transcript (default 400)

Limits
  --max-session-s <n>    Session cap (default 3600)
  --tokens-per-minute <n> Budget of all sessions together; responses above it fail
  --api-key <key>        The only key accepted (default: any). May be given more than once.
  --model <name>         The only model that exists (default: any but retired previews). May be given more
                         than once.

Checks and memory
  --self-check           Hold every server event against the published schema and report misfits at the end
  --record <what>        all, events, or off (default). Off is for load: counters only.
  --seed <n>             Seed of faults with a probability (default 1)
  --help                 This text

Faults, lines and behaviours can be changed while it runs: see README.md, "The control port".
The first line printed is JSON: {"url":"ws://...","azureUrl":"ws://...","controlUrl":"http://..."}`;

export const OPTIONS = {
  port: { type: 'string', default: '8765' },
  'control-port': { type: 'string', default: '8766' },
  host: { type: 'string', default: '127.0.0.1' },
  behaviour: { type: 'string', default: 'guided' },
  script: { type: 'string' },
  lines: { type: 'string' },
  'tone-ms': { type: 'string' },
  'first-byte-ms': { type: 'string' },
  'audio-rate': { type: 'string' },
  'delta-ms': { type: 'string' },
  'transcription-ms': { type: 'string' },
  'max-session-s': { type: 'string' },
  'tokens-per-minute': { type: 'string' },
  'api-key': { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  'self-check': { type: 'boolean', default: false },
  record: { type: 'string', default: 'off' },
  seed: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;
