import { beforeAll, describe, expect, test } from '@jest/globals';

import { planOf, type Plan } from '../unit/support/local-plan.ts';
import type { Recorded } from '../unit/support/mocks.ts';
import { difference, expectGolden } from './support/golden.ts';
import { prodPromises } from './support/prod-promises.ts';

type Json = Record<string, unknown>;

/** Pods that an operator makes: their labels and ports are not in the plan. */
const MADE_ELSEWHERE =
  /-(postgres|pooler|cloudnative-pg|cert-manager|prometheus|alertmanager|prometheus-operator)$/;

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly containers: readonly { readonly ports?: { containerPort: number }[] }[];
  };
}

/** One line: what it is, its name here and in the cluster, its images, and whether it is protected. */
function line({ type, name, inputs, protect }: Recorded): string {
  const { namespace, name: object } = (inputs['metadata'] ?? {}) as Json;
  const place = [namespace, object].filter((part) => typeof part === 'string').join('/');
  const images = [...JSON.stringify(inputs).matchAll(/"image(?:Name)?":"([^"@]+)/g)];
  const parts = [type, name, place, ...new Set(images.map(([, image]) => image))];
  return [...parts, protect ? 'protected' : ''].filter((part) => part !== '').join('  ');
}

function readable({ resources }: Plan): string {
  return resources.map(line).sort().join('\n') + '\n';
}

/** Every text that is marked as secret in the inputs of some resource. */
function secrets({ resources }: Plan): string[] {
  const texts = (node: unknown): string[] => {
    if (typeof node === 'string') return [node];
    return typeof node === 'object' && node !== null ? Object.values(node).flatMap(texts) : [];
  };
  const found = resources.flatMap(({ inputs, secretPaths }) =>
    secretPaths.flatMap((path) => texts(at(inputs, path))),
  );
  // Shorter ones are words such as `postgresql`, which stand beside a password in a Secret.
  return [...new Set(found)].filter((text) => text.length >= 12);
}

/** The value at a dotted path; keys may hold dots themselves. */
function at(node: unknown, path: string): unknown {
  if (path === '' || typeof node !== 'object' || node === null) return node;
  const key = Object.keys(node).find((name) => path === name || path.startsWith(`${name}.`));
  return key === undefined ? undefined : at((node as Json)[key], path.slice(key.length + 1));
}

describe.each(['local', 'staging', 'prod'])('the plan of the stack %s', (stack) => {
  let plan: Plan;
  let text: string;
  beforeAll(async () => {
    plan = await planOf(stack);
    text = readable(plan);
  }, 120_000);

  test('is the one that was reviewed', () => {
    expectGolden(`test/golden/${stack}.txt`, text);
    expect(text.split('\n').length).toBeGreaterThan(150);
  });

  test('shows no secret', () => {
    const known = secrets(plan);
    expect(known.length).toBeGreaterThan(20);
    expect(known.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/-----BEGIN|-result\b|-private-pem/);
  });

  test('lets Prometheus scrape pods that are in it, at ports that they declare', () => {
    const { resources } = plan;
    const templates = resources.flatMap(({ inputs }) => {
      const { template } = (inputs['spec'] ?? {}) as { template?: Template };
      return template === undefined ? [] : [template];
    });
    const monitors = resources.filter(
      ({ type, name }) => type.endsWith(':PodMonitor') && !MADE_ELSEWHERE.test(name),
    );
    // The embedded cluster measures nothing yet.
    expect(monitors.length > 5).toBe(stack !== 'local');
    for (const { name, inputs } of monitors) {
      const {
        selector,
        podMetricsEndpoints: [endpoint],
      } = inputs['spec'] as {
        selector: { matchLabels: Record<string, string> };
        podMetricsEndpoints: [{ portNumber: number }];
      };
      const ports = templates
        .filter(({ metadata }) =>
          Object.entries(selector.matchLabels).every(
            ([key, text]) => metadata.labels[key] === text,
          ),
        )
        .flatMap(({ spec }) => spec.containers.flatMap(({ ports: declared = [] }) => declared))
        .map(({ containerPort }) => containerPort);
      expect([name, ports]).toEqual([name, expect.arrayContaining([endpoint.portNumber])]);
    }
  });

  if (stack === 'prod') prodPromises(() => plan);
});

test('a changed plan is shown line by line', () => {
  expect(difference(['a', 'b', 'b', 'c'], ['a', 'b', 'd'])).toEqual(['- b', '- c', '+ d']);
  expect(difference(['a', 'b'], ['b', 'a'])).toEqual(['  the same lines in another order']);
});
