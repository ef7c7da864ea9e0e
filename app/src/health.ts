/** Checks one dependency; rejects when it cannot be used. */
export type Check = () => Promise<unknown>;

export interface Checks {
  /** Without these the process cannot serve. */
  readonly required: Readonly<Record<string, Check>>;
  /** Without these it serves, and says that it is degraded. */
  readonly optional: Readonly<Record<string, Check>>;
}

export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'not ready' | 'draining';
  readonly checks: Readonly<Record<string, 'ok' | 'failed'>>;
}

const TIME_LIMIT_MS = 500;
const CACHE_MS = 1_000;

/** Whether this process should get requests. Probes within a second share one answer. */
export class Health {
  readonly #checks: Checks;
  #cached: { readonly at: number; readonly result: Promise<Readiness> } | undefined;
  #draining = false;

  constructor(checks: Checks) {
    this.#checks = checks;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** From now on not ready: the process is about to end. */
  drain(): void {
    this.#draining = true;
  }

  async ready(): Promise<Readiness> {
    if (this.#draining) return { status: 'draining', checks: {} };
    const now = performance.now();
    if (this.#cached === undefined || now - this.#cached.at > CACHE_MS) {
      this.#cached = { at: now, result: this.#run() };
    }
    return this.#cached.result;
  }

  async #run(): Promise<Readiness> {
    const { required, optional } = this.#checks;
    const entries = Object.entries({ ...required, ...optional });
    const results = await Promise.all(entries.map(([, check]) => passes(check)));
    const checks = Object.fromEntries(
      entries.map(([name], index) => [name, results[index] ? 'ok' : 'failed'] as const),
    );
    const failed = (names: object) => Object.keys(names).some((name) => checks[name] === 'failed');
    if (failed(required)) return { status: 'not ready', checks };
    return { status: failed(optional) ? 'degraded' : 'ready', checks };
  }
}

async function passes(check: Check): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), TIME_LIMIT_MS);
  });
  const done = check().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([done, late]);
  clearTimeout(timer);
  return result;
}
