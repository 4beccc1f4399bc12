// Twilio's per-URL connection settings: `https://host/path#rc=2&rp=5xx,ct&ct=2000&rt=3000&tt=9000`.
// Source: twilio.com/docs/usage/webhooks/webhooks-connection-overrides.

export type RetryPolicy = '4xx' | '5xx' | 'ct' | 'rt' | 'all';

export interface RequestBudget {
  /** Retries after the first attempt. */
  readonly retries: number;
  readonly policies: ReadonlySet<RetryPolicy>;
  readonly connectMs: number;
  readonly readMs: number;
  /** Limit for all attempts together. */
  readonly totalMs: number;
}

/** Two connection attempts of 5 s, 15 s in all. */
export const DEFAULT_BUDGET: RequestBudget = {
  retries: 1,
  policies: new Set<RetryPolicy>(['ct']),
  connectMs: 5000,
  readMs: 15_000,
  totalMs: 15_000,
};

interface WebhookTarget {
  /** The URL without its fragment, which is requested and signed. */
  readonly url: string;
  readonly budget: RequestBudget;
  /** Settings that are out of range or unknown; their defaults apply. */
  readonly faults: readonly string[];
}

const POLICIES: ReadonlySet<string> = new Set(['4xx', '5xx', 'ct', 'rt', 'all']);
/** Edge location and server name indication: accepted, without meaning here. */
const IGNORED: ReadonlySet<string> = new Set(['e', 'sni']);

function isPolicy(word: string): word is RetryPolicy {
  return POLICIES.has(word);
}

/** Splits a configured URL into the URL to request and its connection settings. */
export function readWebhookTarget(configured: string, defaults: RequestBudget): WebhookTarget {
  const hash = configured.indexOf('#');
  if (hash < 0) return { url: configured, budget: defaults, faults: [] };
  const settings = new URLSearchParams(configured.slice(hash + 1));
  const faults: string[] = [];
  const number = (name: string, from: number, to: number, fallback: number): number => {
    const text = settings.get(name);
    if (text === null) return fallback;
    const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
    if (value >= from && value <= to) return value;
    faults.push(`${name}=${text} is not between ${from} and ${to}`);
    return fallback;
  };
  const policies = settings.get('rp')?.split(',') ?? [...defaults.policies];
  for (const word of policies) if (!isPolicy(word)) faults.push(`rp=${word} is not a retry policy`);
  for (const name of settings.keys()) {
    if (!['rc', 'rp', 'ct', 'rt', 'tt'].includes(name) && !IGNORED.has(name))
      faults.push(`${name} is not a connection setting`);
  }
  const budget = {
    retries: number('rc', 0, 5, defaults.retries),
    policies: new Set(policies.filter(isPolicy)),
    connectMs: number('ct', 100, 10_000, defaults.connectMs),
    readMs: number('rt', 100, 15_000, defaults.readMs),
    totalMs: number('tt', 100, 15_000, defaults.totalMs),
  };
  return { url: configured.slice(0, hash), budget, faults };
}
