import { beforeAll, expect, test } from '@jest/globals';

import { call, ok, outputs, waitFor, type Answer } from './support.ts';

interface Outputs {
  readonly url: string;
  readonly demo: readonly { readonly tenant: string; readonly email: string }[];
  readonly demoPasswords: Readonly<Record<string, string>>;
}
interface Login {
  readonly accessToken: string;
  readonly userId: string;
}

let platform: Outputs;
const logins: Login[] = [];

const login = (tenant: string, email: string, password: string): Promise<Answer> =>
  call(`${platform.url}/v1/auth/login`, { method: 'POST', json: { tenant, email, password } });

const user = (id: string, token: string): Promise<Answer> =>
  call(`${platform.url}/v1/users/${id}`, { headers: { authorization: `Bearer ${token}` } });

beforeAll(async () => {
  platform = (await outputs()) as unknown as Outputs;
  for (const { tenant, email } of platform.demo) {
    const answer = await login(tenant, email, platform.demoPasswords[tenant] ?? '');
    logins.push(JSON.parse(answer.body) as Login);
  }
}, 60_000);

test('each demo tenant can log in and read its own user', async () => {
  expect(logins).toHaveLength(2);
  for (const [index, { accessToken, userId }] of logins.entries()) {
    const answer = await user(userId, accessToken);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ email: platform.demo[index]?.email });
  }
});

test("another tenant's user does not exist, and without a token nothing does", async () => {
  const [first, second] = logins;
  expect((await user(second?.userId ?? '', first?.accessToken ?? '')).status).toBe(404);
  expect((await call(`${platform.url}/v1/users/${first?.userId}`)).status).toBe(401);
});

test('a wrong password and an unknown account get the same answer', async () => {
  const { tenant, email } = platform.demo[0] ?? { tenant: '', email: '' };
  const wrong = await login(tenant, email, 'Wrong-Password-1!');
  const unknown = await login(tenant, 'nobody@acme.example', 'Wrong-Password-1!');
  expect([wrong.status, unknown.status]).toEqual([401, 401]);
  const plain = ({ body }: Answer) => {
    const { title, detail } = JSON.parse(body) as Record<string, unknown>;
    return { title, detail };
  };
  expect(plain(wrong)).toEqual(plain(unknown));
});

test('a read reaches the audit log in the document store', async () => {
  const metric = async () => {
    const text = await ok(
      'kubectl get --raw "/api/v1/namespaces/saas-app/pods/$(kubectl get pods -n saas-app -l app.kubernetes.io/name=worker -o jsonpath={.items[0].metadata.name}):9464/proxy/metrics"',
    );
    return Number(/^audit_events_relayed_total\S* (\d+)/m.exec(text)?.[1] ?? '0');
  };
  const before = await metric();
  const [first] = logins;
  expect((await user(first?.userId ?? '', first?.accessToken ?? '')).status).toBe(200);
  await waitFor('the relayed event', 30, async () =>
    (await metric()) > before ? undefined : `still ${before} events`,
  );
}, 60_000);

test('more than the allowed requests in a minute are refused with the time to wait', async () => {
  const [, second] = logins;
  const answers: Answer[] = [];
  for (let i = 0; i < 110; i++) {
    answers.push(await user(second?.userId ?? '', second?.accessToken ?? ''));
  }
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(100);
}, 60_000);

test('plain HTTP is redirected to HTTPS', async () => {
  const host = new URL(platform.url).hostname;
  const answer = await ok(
    `curl -s -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: ${host}' http://127.0.0.1:8080/health`,
  );
  expect(answer).toMatch(new RegExp(`^30[18] https://${host}`));
});

test('the API speaks TLS 1.2 and 1.3 only, and sends its security headers', async () => {
  const { headers } = await call(`${platform.url}/health`);
  expect(headers).toMatchObject({
    'strict-transport-security': expect.stringContaining('max-age=31536000'),
    'x-content-type-options': 'nosniff',
  });
  const old = call(`${platform.url}/health`, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' });
  await expect(old).rejects.toThrow();
});
