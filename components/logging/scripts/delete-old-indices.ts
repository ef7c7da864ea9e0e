// Deletes the indices of a pattern that are older than some days. Runs in a pod of its own:
//   node delete-old-indices.mts <url> <pattern> <days>
// User and password come from LOGIN_USERNAME and LOGIN_PASSWORD, the authority from
// NODE_EXTRA_CA_CERTS. What is left when something fails is deleted the next time.
interface Index {
  readonly index: string;
  /** Milliseconds since 1970. */
  readonly 'creation.date': string;
}

const [, , url = '', pattern = '', days = ''] = process.argv;
const { LOGIN_USERNAME = '', LOGIN_PASSWORD = '' } = process.env;
const login = Buffer.from(`${LOGIN_USERNAME}:${LOGIN_PASSWORD}`).toString('base64');
const ANSWER_MS = 30_000;

async function ask(method: string, path: string): Promise<string> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Basic ${login}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const answer = await response.text();
  if (response.ok) return answer;
  throw new Error(`${method} ${path}: status ${response.status}: ${answer.slice(0, 500)}`);
}

const oldest = Date.now() - Number(days) * 86_400_000;
// An empty or wrong number would make every index old.
if (!(Number(days) >= 1)) throw new Error(`"${days}" is no number of days.`);
const listed = await ask('GET', `/_cat/indices/${pattern}?format=json&h=index,creation.date`);
for (const { index, 'creation.date': made } of JSON.parse(listed) as Index[]) {
  if (Number(made) >= oldest) continue;
  await ask('DELETE', `/${index}`);
  console.log(`${index} is deleted.`);
}
