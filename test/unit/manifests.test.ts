import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeEach, describe, expect, test } from '@jest/globals';

import { fetchManifests } from '../../sandbox/manifests.ts';

const MANIFEST = 'kind: Namespace\n';
const SHA256 = createHash('sha256').update(MANIFEST).digest('hex');
let root: string;
let lines: string[];

/** A `go` that keeps its arguments and answers as the script says. */
function fakeGo(script: string): string {
  const file = join(root, 'go');
  const record = `echo "$@ GOSUMDB=$GOSUMDB" >> ${root}/calls`;
  writeFileSync(file, `#!/bin/sh\n${record}\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

function calls(): string[] {
  const file = join(root, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

const answer = () => `echo '{"Dir": "${root}/module"}'`;

function fetch(
  sha256: string,
  script = answer(),
  file: object = { path: 'releases/install.yaml' },
): Promise<void> {
  const lock = {
    'my-operator': {
      version: '1.0.0',
      module: 'example.org/operator',
      moduleVersion: 'v1.0.0',
      namespace: 'upstream',
      images: {},
      files: [{ ...file, sha256 }],
    },
  };
  const lockFile = join(root, 'lock.json');
  writeFileSync(lockFile, JSON.stringify(lock));
  return fetchManifests({
    lockFile,
    outDir: join(root, 'out'),
    go: fakeGo(script),
    renderer: root,
    log: (line) => lines.push(line),
  });
}

const target = () => join(root, 'out', 'my-operator', 'install.yaml');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'fetch-'));
  lines = [];
  mkdirSync(join(root, 'module', 'releases'), { recursive: true });
  writeFileSync(join(root, 'module', 'releases', 'install.yaml'), MANIFEST);
  delete process.env['GOSUMDB'];
});

test('manifests come out of the pinned version of their Go module', async () => {
  await fetch(SHA256);
  expect(readFileSync(target(), 'utf8')).toBe(MANIFEST);
  expect(calls()).toEqual(['mod download -json example.org/operator@v1.0.0 GOSUMDB=']);
  expect(lines).toEqual(['manifests of my-operator from example.org/operator@v1.0.0']);
});

test('a second call asks nobody', async () => {
  await fetch(SHA256);
  await fetch(SHA256);
  expect(calls()).toHaveLength(1);
  expect(lines).toHaveLength(1);
});

test('a damaged or missing file is fetched again', async () => {
  await fetch(SHA256);
  writeFileSync(target(), 'kind: Pod\n');
  await fetch(SHA256);
  expect(readFileSync(target(), 'utf8')).toBe(MANIFEST);
  rmSync(target());
  await fetch(SHA256);
  expect(readFileSync(target(), 'utf8')).toBe(MANIFEST);
});

test('a file that is not the locked one is refused in one line, and not put in place', async () => {
  const other = 'f'.repeat(64);
  await expect(fetch(other)).rejects.toMatchObject({
    message: `my-operator: releases/install.yaml: expected SHA-256 ${other}, got ${SHA256}.`,
    fix: 'Correct operators.lock.json, or find out who changed the module.',
  });
  expect(existsSync(target())).toBe(false);
});

test('a file that the module does not hold is named', async () => {
  rmSync(join(root, 'module', 'releases', 'install.yaml'));
  await expect(fetch(SHA256)).rejects.toThrow(
    new Error(`my-operator: releases/install.yaml: expected SHA-256 ${SHA256}, got no such file.`)
      .message,
  );
});

test('when Go refuses the module its reason is passed on in one line', async () => {
  const refusal = JSON.stringify({ Error: 'checksum mismatch\n\tdownloaded: h1:abc' });
  await expect(
    fetch(SHA256, `cat <<'JSON'\n${refusal.replace('":"', '": "')}\nJSON\nexit 1`),
  ).rejects.toMatchObject({
    message:
      'my-operator: the Go module example.org/operator@v1.0.0 cannot be had: checksum mismatch \tdownloaded: h1:abc',
    fix: 'Check the network and GOPROXY, then try again.',
  });
});

test('the checksum database stays on, even where it was switched off', async () => {
  process.env['GOSUMDB'] = 'off';
  await fetch(SHA256);
  expect(calls()[0]).toMatch(/GOSUMDB=sum\.golang\.org$/);
});

describe('a Helm chart', () => {
  const chart = { path: 'deploy/charts/operator', values: { replicaCount: 2 } };
  /** Prints what it was told, so that the checksum of it is known. */
  const renderer = () => `[ "$1" = mod ] && ${answer()} || { echo "# $*"; cat; }`;
  const rendered = () =>
    `# run -trimpath ./cmd/render-chart ${root}/module/deploy/charts/operator my-operator upstream\n{"replicaCount":2}`;
  const sha256 = () => createHash('sha256').update(rendered()).digest('hex');

  test('is rendered with the values of the lock file, in the namespace of upstream', async () => {
    await fetch(sha256(), renderer(), chart);
    expect(readFileSync(join(root, 'out', 'my-operator', 'operator.yaml'), 'utf8')).toBe(
      rendered(),
    );
  });

  test('is not rendered again while the result is in place', async () => {
    await fetch(sha256(), renderer(), chart);
    await fetch(sha256(), renderer(), chart);
    expect(calls()).toHaveLength(2);
  });

  test('that renders anything else than was locked is refused', async () => {
    await expect(fetch(SHA256, renderer(), chart)).rejects.toMatchObject({
      message: `my-operator: deploy/charts/operator: expected SHA-256 ${SHA256}, got ${sha256()}.`,
    });
    expect(existsSync(join(root, 'out', 'my-operator', 'operator.yaml'))).toBe(false);
  });

  test('says in one line why it cannot be rendered', async () => {
    const failing = `[ "$1" = mod ] && ${answer()} || { echo 'unknown value' >&2; exit 1; }`;
    await expect(fetch(SHA256, failing, chart)).rejects.toMatchObject({
      message: expect.stringMatching(
        /^my-operator: the chart operator cannot be rendered: .* unknown value$/,
      ),
      fix: 'Correct its values in operators.lock.json.',
    });
  });
});
