// A service for the specs of the supervisor: keeps its contract, or breaks it as the environment variable
// FIXTURE says.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const behaviour = process.env['FIXTURE'] ?? '';
let asked = 0;

const server = createServer((request, response) => {
  if (request.url === '/crash') process.exit(3);
  asked += 1;
  const isReady = behaviour !== 'never-ready' && asked > 1;
  response.writeHead(isReady ? 200 : 503).end(isReady ? 'ready' : 'database: down');
});

process.stdout.write(`fixture ${behaviour} starts\n`);
if (behaviour === 'dies') {
  process.stderr.write('the configuration is wrong\n');
  process.exitCode = 78;
} else {
  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
    if (behaviour !== 'silent')
      process.send?.({ kind: 'listening', port: (server.address() as AddressInfo).port });
  });
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.on('SIGTERM', () => {
    process.stdout.write('told to end\n');
    if (behaviour !== 'stubborn') process.exit(0);
  });
}
