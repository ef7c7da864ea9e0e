import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { fit, GITHUB_LIMIT } from '../../../infra/review/fit.ts';
import { isSecretKey, redact, redactText } from '../../../infra/review/redact.ts';
import { renderComment } from '../../../infra/review/render.ts';
import { risks } from '../../../infra/review/risk.ts';
import { comment, fixture, prices, review, step } from './support.ts';

const both = () => comment([review('staging'), review('prod', 'prod.json', 'prod.events.jsonl')]);
const place = (text: string, part: string) => {
  expect(text).toContain(part);
  return text.indexOf(part);
};

describe('the comment', () => {
  test('starts with a hidden marker, so that the next run edits it instead of adding one', () => {
    expect(both().startsWith('<!-- saas-platform:preview -->\n')).toBe(true);
  });

  test('tells lost data first, then policy, cost and the folded differences', () => {
    const text = both();
    const order = [
      '### Data at risk',
      '### Also deleted or replaced',
      '### Policy',
      '### Cost',
      '<details><summary>prod',
      '<details><summary>staging',
    ].map((title) => place(text, title));
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  test('names what is lost with a database, a volume claim, a namespace that loses its protection', () => {
    expect(both().split('### Also')[0]).toContain(
      [
        '- `prod`: **delete** Cluster `postgres-cluster`: lost: all its databases and their volumes; protected, so the update will refuse',
        '- `prod`: **replace** StatefulSet `redis-nodes`: lost: its pods at once; its volumes only if their retention policy says delete; because of spec.volumeClaimTemplates\\[0\\].spec.resources.requests.storage',
        '- `prod`: **lose protection** Namespace `data-namespace`: from then on a later deletion is not refused: every object and volume in it',
      ].join('\n'),
    );
  });

  test('counts a replacement once, whatever steps the engine makes of it', () => {
    expect(both()).toContain('| `prod` | complete | 0 | 2 | 1 | 3 | **3** | 3 | -');
  });

  test('shows mandatory findings before advice, each once, the gravest first', () => {
    const policies = [...both().matchAll(/^- `prod`: `([a-z0-9-]+)` \(/gm)].map(([, name]) => name);
    expect(policies).toEqual(['pod-01-privileged', 'img-01-tag', 'net-09-advice']);
  });

  test('does not call a stack free of findings whose policy events were not recorded', () => {
    expect(comment([review('prod')])).toContain('| not recorded |');
  });

  test('says that a failed preview is incomplete, and why', () => {
    const text = comment([review('prod', 'failed.json')]);
    expect(text).toContain('| `prod` | **failed, incomplete** |');
    expect(text).toContain('the preview failed: error: no such context at (path), password=');
  });

  test('is the same to the byte for two users, at any time and in any order', () => {
    const one = comment([review('prod', 'prod.json'), review('staging')]);
    const other = comment([review('staging'), review('prod', 'prod-by-another-user.json')]);
    expect(other).toBe(one);
    expect(one).not.toMatch(/\/home\/|\d\d:\d\d:\d\d|notes-4f2a91|notes-b81c07/);
  });

  test('a value of the change cannot close its fold, mention people or leave the code', () => {
    const text = comment([review('staging')]);
    expect(text).toContain('````diff');
    const named = step({ change: 'delete', type: 'aws:kms/key:Key', name: 'x` @all <b>\n# y' });
    const preview = { steps: [named], errors: ['@team ![](http://x) </details>'] };
    const forged = renderComment([{ stack: 'prod', preview, policy: [] }], prices);
    expect(forged).toContain("**delete** Key `x' @all <b> # y`");
    expect(forged).toContain('&#64;team \\!\\[\\](http://x) &#60;/details&#62;');
  });
});

describe('no secret is in the comment', () => {
  test('not out of environment variables, Secrets, outputs, addresses, errors or debug events', () => {
    const text = [
      both(),
      comment([review('prod', 'prod-by-another-user.json'), review('staging', 'failed.json')]),
    ].join();
    expect(fixture('prod.events.jsonl')).toContain('canary-debug');
    expect(text).not.toContain('canary');
  });

  test('a changed secret is still seen to change', () => {
    const text = both();
    expect(text).toContain('!   stringData.smtp: changes, value not shown');
    expect(text).toContain('containers[0].env[1].value: changes, value not shown');
  });

  test('keys, tokens and private keys are known by their look', () => {
    for (const secret of [
      '-----BEGIN EC PRIVATE KEY-----\nMHcCAQ\n-----END EC PRIVATE KEY-----',
      'AKIAABCDEFGHIJKLMNOP',
      'eyJhbGciOiJI.eyJzdWIiOiIx.c2ln',
      'postgres://u:hunter2@db:5432/x',
      '--password=hunter2',
    ]) {
      expect(redactText(`a ${secret} b`)).not.toMatch(/MHcCAQ|AKIAABC|eyJ|hunter2/);
    }
  });

  test('a Secret shows its name and labels, and nothing of its data', () => {
    const secret = { metadata: { name: 'a', annotations: { last: 'x' } }, data: { a: 'b', n: 1 } };
    expect(redact('kubernetes:core/v1:Secret', secret)).toEqual({
      metadata: { name: 'a', annotations: { last: '[masked]' } },
      data: { a: '[masked]', n: '[masked]' },
    });
  });

  test('the name of a Secret is not hidden from reviewers', () => {
    expect(isSecretKey('secretName')).toBe(false);
    expect(redact('t', { automountServiceAccountToken: false })).toEqual({
      automountServiceAccountToken: false,
    });
  });
});

describe('a long comment', () => {
  const many = (count: number, type: string, change: 'delete' | 'create') =>
    Array.from({ length: count }, (_, index) =>
      step({ change, type, name: `object-number-${String(index).padStart(5, '0')}` }),
    );

  test('stays within what GitHub takes, and says how much was cut', () => {
    const steps = many(3000, 'kubernetes:core/v1:ConfigMap', 'create');
    const text = comment([{ stack: 'prod', preview: { steps, errors: [] }, policy: [] }]);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(GITHUB_LIMIT);
    expect(text).toMatch(/… \d+ more lines cut here\n```\n\n<\/details>\n\n$/);
  });

  test('is never cut where data is at risk', () => {
    const lost = many(200, 'kubernetes:core/v1:PersistentVolumeClaim', 'delete');
    const steps = [...lost, ...many(3000, 'kubernetes:core/v1:ConfigMap', 'delete')];
    const text = comment([{ stack: 'prod', preview: { steps, errors: [] }, policy: [] }]);
    expect(text.match(/\*\*delete\*\* PersistentVolumeClaim/g)).toHaveLength(200);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(GITHUB_LIMIT);
  });

  test('is refused when the risks alone do not fit: a comment without them would mislead', () => {
    const steps = many(2000, 'kubernetes:core/v1:PersistentVolumeClaim', 'delete');
    const reviews = [{ stack: 'prod', preview: { steps, errors: [] }, policy: [] }];
    expect(() => comment(reviews)).toThrow('split the change');
  });

  test('a long part leaves room for those after it', () => {
    const block = (line: string, count: number) => ({
      head: [],
      lines: Array.from({ length: count }, () => line),
      tail: [],
      whole: false,
    });
    const text = fit([block('first', 1000), block('last', 10)], 500);
    expect(text.match(/last/g)).toHaveLength(10);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(500);
  });
});

describe('what is at risk', () => {
  const action = (type: string, retained = false) =>
    risks([step({ change: 'delete', type, name: 'x', retained })]).map(({ rank }) => rank);

  test('everything that holds data is known, in every version of its API', () => {
    for (const type of [
      'kubernetes:postgresql.cnpg.io/v1:Cluster',
      'kubernetes:core/v1:PersistentVolumeClaim',
      'kubernetes:apps/v1:StatefulSet',
      'kubernetes:apps/v1beta2:StatefulSet',
      'kubernetes:core/v1:Namespace',
      'kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition',
      'aws:s3/bucket:Bucket',
      'aws:kms/key:Key',
      'pulumi:providers:kubernetes',
    ]) {
      expect([type, action(type)]).toEqual([type, [0]]);
    }
  });

  test('an object that stays behind is no loss, and a group of objects is told by its members', () => {
    expect(action('kubernetes:core/v1:Namespace', true)).toEqual([2]);
    expect(action('saas:postgres:PostgresCluster')).toEqual([]);
  });
});

test('the command prints the comment of the stacks it is given, and refuses what it cannot place', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join('infra', 'review', 'comment.ts'), ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  const previews = join('test', 'fixtures', 'previews');
  const events = join(previews, 'prod.events.jsonl');
  const stacks = [
    `prod=${join(previews, 'prod.json')}`,
    `staging=${join(previews, 'staging.json')}`,
  ];
  const result = run(...stacks, '--events', `prod=${events}`);
  expect(result.stderr).toBe('');
  expect(result.stdout).toBe(both());
  expect(run('prod=no-such-file.json').stdout).toContain('the preview failed: it wrote no result.');
  expect(run('prod.json')).toMatchObject({ status: 1 });
});
