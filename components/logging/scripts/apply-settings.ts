// Puts documents into Elasticsearch, one after the other. Runs in a pod of its own:
//   node apply-settings.mts <file with [{ path, body }]> <url> <seconds>
// User and password come from LOGIN_USERNAME and LOGIN_PASSWORD, the authority from
// NODE_EXTRA_CA_CERTS. What may pass by itself is tried again; a refusal ends it with status 1.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

interface Setting {
  readonly path: string;
  readonly body: object;
}

const [, , file = '', url = '', seconds = ''] = process.argv;
const { LOGIN_USERNAME = '', LOGIN_PASSWORD = '' } = process.env;
const deadline = Date.now() + Number(seconds) * 1_000;
const headers = {
  'content-type': 'application/json',
  authorization: `Basic ${Buffer.from(`${LOGIN_USERNAME}:${LOGIN_PASSWORD}`).toString('base64')}`,
};
/** Users are read from files that may arrive late; the others say themselves that they pass. */
const PASSING = [401, 408, 429, 502, 503, 504];
/** Elasticsearch tries out a new repository before it answers. */
const ANSWER_MS = 60_000;

/** Undefined when it is done, else why not. */
async function put({ path, body }: Setting): Promise<string | undefined> {
  try {
    const response = await fetch(new URL(path, url), {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = await response.text();
    if (response.ok) return undefined;
    const problem = `${path}: status ${response.status}: ${answer.slice(0, 500)}`;
    if (PASSING.includes(response.status)) return problem;
    console.error(problem);
    process.exit(1);
  } catch (error) {
    const { message, cause } = error as Error;
    return `${path}: ${message}${cause instanceof Error ? `: ${cause.message}` : ''}`;
  }
}

for (const setting of JSON.parse(readFileSync(file, 'utf8')) as Setting[]) {
  for (;;) {
    const problem = await put(setting);
    if (problem === undefined) break;
    if (Date.now() > deadline) {
      console.error(`Gave up after ${seconds} s. ${problem}`);
      process.exit(1);
    }
    await sleep(1_000);
  }
  console.log(`${setting.path} is set.`);
}
