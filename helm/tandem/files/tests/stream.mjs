// A media socket without a ticket, on the way a carrier takes: the relay itself must refuse it with 1008.
import { request as http } from 'node:http';
import { request as https } from 'node:https';

const { TARGET, MEDIA_HOST, RELAY, IS_TLS, IS_INSECURE } = process.env;
const [host, port] = TARGET.split(':');
const request = (IS_TLS ? https : http)({
  host,
  port,
  servername: MEDIA_HOST,
  rejectUnauthorized: !IS_INSECURE,
  path: `/media/${RELAY}`,
  headers: {
    host: MEDIA_HOST,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  },
});
const end = (line, code) => {
  console.log(line);
  process.exit(code);
};
setTimeout(() => end('no answer in 15 s', 1), 15_000);
request.on('error', (error) => end(`not reached: ${error.message}`, 1));
request.on('response', ({ statusCode }) => end(`no socket: HTTP ${statusCode}`, 1));
request.on('upgrade', (_response, socket, head) => {
  // A close frame: 0x88, its length, and the code in two bytes.
  const read = (bytes) => {
    if (bytes.length < 4) return;
    const code = bytes[0] === 0x88 ? bytes.readUInt16BE(2) : 0;
    end(`the relay closed with ${code}`, code === 1008 ? 0 : 1);
  };
  read(head);
  socket.on('data', read);
  socket.on('error', () => undefined);
  // A stream without a ticket; the relay waits five seconds for one otherwise.
  const start = Buffer.from(JSON.stringify({ event: 'stop' }));
  const mask = Buffer.alloc(4);
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | start.length]), mask, start]));
});
request.end();
