// What an image runs. As process 1 it has no default action for signals: until the service has set its own,
// these end it at once. Nothing has been begun by then.
const signals = ['SIGTERM', 'SIGINT'];
const end = () => process.exit(0);
for (const signal of signals) process.on(signal, end);
await import('./service/dist/main.js');
for (const signal of signals) process.off(signal, end);
