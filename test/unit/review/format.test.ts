import { expect, test } from '@jest/globals';

import { readPolicyEvents } from '../../../infra/review/policy-events.ts';
import { readPreview } from '../../../infra/review/preview.ts';
import { fixture } from './support.ts';

// The format of Pulumi 3.259: `PreviewDigest` in pkg/display/json.go, filled by
// `ShowPreviewDigest` in pkg/backend/display/json.go; events are `EngineEvent` of apitype.

test('of a preview only documented fields are read, so that others may come and go', () => {
  const urn =
    'urn:pulumi:prod::saas-platform::saas:redis:RedisCluster$kubernetes:apps/v1:StatefulSet::redis-nodes';
  const digest = {
    steps: [
      {
        op: 'replace',
        urn,
        oldState: { inputs: { a: 1 }, protect: true, retainOnDelete: true },
        newState: { inputs: { a: 2 } },
        replaceReasons: ['b', 'a'],
        detailedDiff: { c: { kind: 'add-replace' }, d: { kind: 'update' } },
        somethingNew: true,
      },
    ],
    diagnostics: [
      { message: 'error: second\n', severity: 'error' },
      { message: 'error: first\n', severity: 'error' },
      { message: 'text of the program', severity: 'info#err' },
    ],
    somethingNew: true,
  };
  expect(readPreview(JSON.stringify(digest))).toEqual({
    steps: [
      {
        change: 'replace',
        component: 'saas:redis:RedisCluster',
        type: 'kubernetes:apps/v1:StatefulSet',
        name: 'redis-nodes',
        before: { a: 1 },
        after: { a: 2 },
        reasons: ['a', 'b', 'c'],
        paths: ['c', 'd'],
        protectedBefore: true,
        protectedAfter: false,
        retained: true,
      },
    ],
    errors: ['error: first', 'error: second'],
  });
});

test('what only a whole program or a refresh leaves out is no mistake', () => {
  const steps = [
    { op: 'same', urn: 'urn:pulumi:p::p::pulumi:pulumi:Stack::s', detailedDiff: null },
  ];
  expect(readPreview(JSON.stringify({ steps })).steps).toHaveLength(1);
  expect(readPreview('{"duration": 1}')).toEqual({ steps: [], errors: [] });
  const refresh = [{ op: 'refresh', urn: 'urn:pulumi:p::p::t::n' }];
  expect(readPreview(JSON.stringify({ steps: refresh })).steps).toEqual([]);
});

test('another text is refused in one line', () => {
  expect(() => readPreview('error: no stack')).toThrow('it is not JSON.');
  expect(() => readPreview('{"result": "failed"}')).toThrow('it has no steps or diagnostics.');
  expect(() => readPreview('null')).toThrow('it has no steps or diagnostics.');
});

test('policy findings are read out of the event log, because the preview leaves them out', () => {
  expect(readPolicyEvents(fixture('prod.events.jsonl'))[0]).toEqual({
    policy: 'pod-01-privileged',
    level: 'mandatory',
    severity: 'critical',
    resource: 'redis-nodes',
    message: 'POD-01: container "r" is privileged.',
  });
  expect(() => readPolicyEvents('{}\n{"policyEvent"')).toThrow('line 2 of the event log');
});
