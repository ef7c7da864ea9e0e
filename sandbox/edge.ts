/**
 * Carries loopback ports to the gateway's Service, so that `https://….localhost` reaches the app
 * from this machine and from nowhere else. Usage: node edge.ts PORT=HOST:PORT …
 */
import { connect, createServer } from 'node:net';

for (const argument of process.argv.slice(2)) {
  const [port, target] = argument.split('=');
  const [host, targetPort] = (target ?? '').split(':');
  const server = createServer((client) => {
    const upstream = connect(Number(targetPort), host);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  server.listen(Number(port), '127.0.0.1');
}
