import type { Answer, App } from './app.ts';

/** A POST with a token. */
export async function post(api: App, path: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(`http://localhost:${api.port}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body: parsed, headers: response.headers };
}
