import { ACCOUNTS, App, prepare } from './app.ts';
import type { AccountName } from './app.ts';
import { Servers } from './servers.ts';

export interface SignedIn {
  readonly token: string;
  readonly userId: string;
}

/** What every case works with: the servers, one API process, and who is signed in to it. */
export class World {
  readonly servers = new Servers();
  #api: App | undefined;
  #signedIn: Record<string, SignedIn> = {};

  async start(): Promise<void> {
    await this.servers.start();
    await prepare(this.servers);
    this.#api = await App.start(this.servers, 'api');
    for (const account of Object.values(ACCOUNTS)) {
      const { status, body } = await this.#api.login(account);
      // Stopping first, so that the log is complete.
      if (status !== 200) await this.#api.process.stop();
      if (status !== 200) throw new Error(`${JSON.stringify(body)}\n${this.#api.process.output}`);
      const { accessToken, userId } = body as { accessToken: string; userId: string };
      this.#signedIn[account.slug] = { token: accessToken, userId };
    }
  }

  async stop(): Promise<void> {
    await this.#api?.process.stop();
    await this.servers.stop();
  }

  get api(): App {
    if (this.#api === undefined) throw new Error('The API is not running.');
    return this.#api;
  }

  user(slug: AccountName): SignedIn {
    const found = this.#signedIn[slug];
    if (found === undefined) throw new Error(`${slug} is not signed in.`);
    return found;
  }

  async tenantId(slug: AccountName): Promise<string> {
    const { rows } = await this.servers.admin(
      'saas',
      `SELECT id FROM control.tenants WHERE slug = '${slug}'`,
    );
    return (rows as { id: string }[])[0]?.id ?? '';
  }
}
