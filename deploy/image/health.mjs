// node health.mjs [path]: exit code 0 when the service in this container gives 200 at /healthz, or at the
// path named.
import { readFileSync } from 'node:fs';

const LIMIT_MS = 3_000;
const { portVariable, port } = JSON.parse(readFileSync(new URL('image.json', import.meta.url), 'utf8'));
const path = process.argv[2] ?? '/healthz';
const own = process.env[portVariable] || port;
const asked = path === '/healthz' ? own : process.env.MANAGEMENT_PORT || own;
const host = process.env.HOST && process.env.HOST !== '0.0.0.0' ? process.env.HOST : '127.0.0.1';
try {
  const response = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${asked}${path}`, {
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (response.status !== 200) console.error(`${path}: ${response.status} ${await response.text()}`);
  process.exit(response.status === 200 ? 0 : 1);
} catch (error) {
  console.error(`${path}: ${error.cause?.message ?? error.message}`);
  process.exit(1);
}
