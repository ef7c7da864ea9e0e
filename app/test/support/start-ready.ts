import { App } from './app.ts';
import { eventually } from './process.ts';
import type { Servers } from './servers.ts';

/** Starts an API and waits until it is ready: it answers /health before it has found Redis. */
export async function startReady(servers: Servers, env: Record<string, string>): Promise<App> {
  const app = await App.start(servers, 'api', env);
  await eventually(async () => {
    const { status } = await app.get('/ready');
    if (status !== 200) throw new Error(`not ready:\n${app.process.output}`);
  }, 30);
  return app;
}
