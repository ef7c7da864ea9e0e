import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { debianSources } from '../../sandbox/images/apt.ts';
import { buildImages, pushImages } from '../../sandbox/images/build.ts';
import { type Manifest, parseReference } from '../../sandbox/images/oci.ts';
import { account, files, program, type Recipe } from '../../sandbox/images/recipe.ts';
import { recipes } from '../../sandbox/images/recipes/index.ts';
import { type TarEntry, writeTar } from '../../sandbox/images/tar.ts';

let root: string;
let lines: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'images-'));
  lines = [];
  checkout('one');
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

/** One image with an own program and a folder of sources: no root, no network, no Debian. */
const tool: Recipe = {
  name: 'tool',
  reference: 'registry.example/team/tool:1.0',
  layers: [
    files(program('tool', '/usr/local/bin/tool'), ...account('tool', '1000:1000')),
    files({ kind: 'tree', path: '/app', from: 'app', except: /^test\// }),
  ],
  user: '1000:1000',
  entrypoint: ['/usr/local/bin/tool'],
};

/** A checkout below `root` in a folder of its own. */
function checkout(name: string): { cacheDir: string; projectDir: string } {
  const projectDir = join(root, name);
  const cacheDir = join(projectDir, '.cache');
  mkdirSync(join(cacheDir, 'bin'), { recursive: true });
  mkdirSync(join(projectDir, 'app', 'test'), { recursive: true });
  writeFileSync(join(cacheDir, 'bin', 'tool'), 'program');
  writeFileSync(join(projectDir, 'app', 'server.ts'), 'export {};');
  return { projectDir, cacheDir };
}

const log = (line: string) => lines.push(line);

async function build(name = 'one', list: readonly Recipe[] = [tool]): Promise<string> {
  const projectDir = join(root, name);
  const cacheDir = join(projectDir, '.cache');
  await buildImages({ projectDir, cacheDir, recipes: list, log });
  const record = readFileSync(join(cacheDir, 'images', 'tool', 'image.json'), 'utf8');
  return (JSON.parse(record) as { manifest: { digest: string } }).manifest.digest;
}

function blobs(): string[] {
  return readdirSync(join(root, 'one', '.cache', 'images', 'blobs'));
}

test('two checkouts with the same contents give the same digest', async () => {
  const first = await build();
  checkout('two');
  expect(await build('two')).toBe(first);
});

test('a changed program changes the digest', async () => {
  const first = await build();
  writeFileSync(join(root, 'one', '.cache', 'bin', 'tool'), 'program with a fix');
  expect(await build()).not.toBe(first);
});

test('a changed source file changes the digest, even with the same length', async () => {
  const first = await build();
  writeFileSync(join(root, 'one', 'app', 'server.ts'), 'import {};');
  expect(await build()).not.toBe(first);
});

test('a changed setting of the recipe changes the digest', async () => {
  const first = await build();
  expect(await build('one', [{ ...tool, user: '1001:1001' }])).not.toBe(first);
});

test('a file that stays outside the image does not change the digest', async () => {
  const first = await build();
  writeFileSync(join(root, 'one', 'app', 'test', 'server.test.ts'), 'test');
  expect(await build()).toBe(first);
});

test('an unchanged image is not built again', async () => {
  await build();
  const record = join(root, 'one', '.cache', 'images', 'tool', 'image.json');
  const before = statSync(record).mtimeMs;
  lines = [];
  await build();
  expect(lines).toEqual([]);
  expect(statSync(record).mtimeMs).toBe(before);
});

test('an interrupted build is not taken for a finished one', async () => {
  const digest = await build();
  const folder = join(root, 'one', '.cache', 'images', 'blobs');
  // Each part in turn is what an interrupted build did not write, or wrote in half.
  for (const file of blobs()) {
    for (const interrupt of [
      () => rmSync(join(folder, file)),
      () => writeFileSync(join(folder, file), 'half'),
    ]) {
      interrupt();
      lines = [];
      expect(await build()).toBe(digest);
      expect(lines).toHaveLength(1);
      const bytes = readFileSync(join(folder, file));
      expect(`sha256-${createHash('sha256').update(bytes).digest('hex')}`).toBe(file);
    }
  }
});

test('a build that failed half-way leaves no record and no temporary file of its own', async () => {
  const broken: Recipe = {
    ...tool,
    layers: [...tool.layers, { kind: 'modules', workspace: 'app' }],
  };
  const projectDir = join(root, 'one');
  writeFileSync(join(projectDir, 'package.json'), '{"name": "x"}');
  writeFileSync(join(projectDir, 'package-lock.json'), 'not json');
  await expect(build('one', [broken])).rejects.toThrow(/^image tool: Error: npm ci/);
  const images = join(projectDir, '.cache', 'images');
  expect(existsSync(join(images, 'tool'))).toBe(false);
  expect(readdirSync(join(images, 'tmp'))).toEqual([]);
});

test('what a killed build left behind is removed by the next one', async () => {
  const folder = join(root, 'one', '.cache', 'images', 'tmp');
  mkdirSync(folder, { recursive: true });
  // Process numbers end at 2^22, so this process cannot exist.
  writeFileSync(join(folder, '99999999-1'), 'half a layer');
  await build();
  expect(readdirSync(folder)).toEqual([]);
});

test('what a newer build replaced does not stay on the disk', async () => {
  await build();
  const before = blobs();
  writeFileSync(join(root, 'one', '.cache', 'bin', 'tool'), 'program with a fix');
  await build();
  // Manifest, configuration and two layers, of which only the folder of sources is an old one.
  expect(blobs()).toHaveLength(4);
  expect(blobs().filter((file) => before.includes(file))).toHaveLength(1);
  expect(readdirSync(join(root, 'one', '.cache', 'images', 'layers'))).toHaveLength(2);
});

test('an unknown image name is refused with the names there are', async () => {
  const options = { projectDir: root, cacheDir: join(root, '.cache'), recipes: [tool], log };
  await expect(buildImages({ ...options, only: ['tol'] })).rejects.toMatchObject({
    name: 'SandboxError',
    message: 'there is no image "tol".',
    fix: 'Choose among tool.',
  });
});

test('a missing program is named with the step that builds it, before anything is built', async () => {
  const other: Recipe = { ...tool, name: 'other', layers: [files(program('other', '/other'))] };
  await expect(build('one', [tool, other])).rejects.toMatchObject({
    message: 'image other: the program .cache/bin/other is missing.',
    fix: 'The step "build other" of "make up" builds it.',
  });
  expect(lines).toEqual([]);
});

test('a layer lists its members in order, whatever the order of the recipe', async () => {
  const member = (path: string): TarEntry => ({
    path,
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: Buffer.from(path),
  });
  const forward = await writeTar(join(root, 'a.tar'), [member('a'), member('b')]);
  const backward = await writeTar(join(root, 'b.tar'), [member('b'), member('a')]);
  expect(backward).toEqual(forward);
});

test('a long path survives in a layer', async () => {
  const path = `node_modules/${'deep/'.repeat(40)}index.js`;
  const entry: TarEntry = {
    path,
    kind: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    content: Buffer.from('x'),
  };
  await writeTar(join(root, 'a.tar'), [entry]);
  const tar = readFileSync(join(root, 'a.tar'));
  const record = `path=${path}\n`;
  const length = record.length + 4;
  expect(tar.includes(`${length} ${record}`)).toBe(true);
  expect(tar.subarray(1024, 1536 + 512).includes('x')).toBe(true);
});

test('the name server may listen below port 1024 without being root', async () => {
  const server: Recipe = {
    ...tool,
    layers: [
      files({ kind: 'file', path: '/server', from: { program: 'tool' }, bindsLowPorts: true }),
    ],
  };
  await build('one', [server]);
  const layer = blobs()
    .map((file) => readFileSync(join(root, 'one', '.cache', 'images', 'blobs', file)))
    .find((bytes) => bytes.includes('ustar'));
  const attribute = Buffer.concat([
    Buffer.from('57 SCHILY.xattr.security.capability='),
    // Version 2 with the effective bit; bit 10 is CAP_NET_BIND_SERVICE.
    Buffer.from([1, 0, 0, 2, 0, 4, 0, 0, ...Array<number>(12).fill(0)]),
    Buffer.from('\n'),
  ]);
  expect(layer?.includes(attribute)).toBe(true);
});

/** The smallest registry that keeps what it is sent, and remembers the requests. */
interface FakeRegistry {
  readonly url: string;
  readonly requests: string[];
  readonly store: Map<string, Buffer>;
  readonly server: Server;
}

async function fakeRegistry(): Promise<FakeRegistry> {
  const requests: string[] = [];
  const store = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    requests.push(`${request.method} ${url.pathname.replace(/sha256:.*/, '<digest>')}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = (status: number, headers = {}) => response.writeHead(status, headers).end();
      const body = Buffer.concat(chunks);
      const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
      if (request.method === 'HEAD') {
        const known = store.get(url.pathname);
        const sum = createHash('sha256')
          .update(known ?? '')
          .digest('hex');
        answer(known ? 200 : 404, known ? { 'docker-content-digest': `sha256:${sum}` } : {});
      } else if (request.method === 'POST') {
        answer(202, { location: `${url.pathname}one?state=kept` });
      } else if (url.pathname.includes('/manifests/')) {
        store.set(url.pathname, body);
        answer(201);
      } else {
        const right = url.searchParams.get('digest') === digest;
        const kept = url.searchParams.get('state') === 'kept';
        store.set(url.pathname.replace('uploads/one', digest), body);
        answer(right && kept ? 201 : 400);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, store, server };
}

async function push(registry: FakeRegistry): Promise<unknown> {
  registry.requests.length = 0;
  const cacheDir = join(root, 'one', '.cache');
  return await pushImages({ cacheDir, registryUrl: registry.url, recipes: [tool], log });
}

test('a push sends layers and configuration first and the tag last, and writes the lock', async () => {
  const digest = await build();
  const registry = await fakeRegistry();
  try {
    const lock = { 'registry.example/team/tool:1.0': digest };
    expect(await push(registry)).toEqual(lock);
    const blob = [
      'HEAD /v2/team/tool/blobs/<digest>',
      'POST /v2/team/tool/blobs/uploads/',
      'PUT /v2/team/tool/blobs/uploads/one',
    ];
    expect(registry.requests).toEqual([
      'HEAD /v2/team/tool/manifests/1.0',
      ...blob,
      ...blob,
      ...blob,
      'PUT /v2/team/tool/manifests/1.0',
    ]);
    const manifest = registry.store.get('/v2/team/tool/manifests/1.0');
    const { config, layers } = JSON.parse(manifest?.toString() ?? '{}') as Manifest;
    for (const { digest: part, size } of [config, ...layers]) {
      expect(registry.store.get(`/v2/team/tool/blobs/${part}`)).toHaveLength(size);
    }
    const file = readFileSync(join(root, 'one', '.cache', 'images.lock.json'), 'utf8');
    expect(JSON.parse(file)).toEqual(lock);
  } finally {
    registry.server.close();
  }
});

test('a push skips the blobs that the registry has', async () => {
  await build();
  const registry = await fakeRegistry();
  try {
    await push(registry);
    registry.store.delete('/v2/team/tool/manifests/1.0');
    await push(registry);
    expect(registry.requests).toEqual([
      'HEAD /v2/team/tool/manifests/1.0',
      'HEAD /v2/team/tool/blobs/<digest>',
      'HEAD /v2/team/tool/blobs/<digest>',
      'HEAD /v2/team/tool/blobs/<digest>',
      'PUT /v2/team/tool/manifests/1.0',
    ]);
  } finally {
    registry.server.close();
  }
});

test('an image that the registry has costs one request', async () => {
  await build();
  const registry = await fakeRegistry();
  try {
    await push(registry);
    await push(registry);
    expect(registry.requests).toEqual(['HEAD /v2/team/tool/manifests/1.0']);
  } finally {
    registry.server.close();
  }
});

test('a registry that does not answer is named, with what to do', async () => {
  await build();
  const registry = await fakeRegistry();
  await new Promise((resolve) => registry.server.close(resolve));
  await expect(push(registry)).rejects.toMatchObject({
    message: `the image registry does not answer at ${registry.url}.`,
    fix: 'Run "make up", which starts it, and look at .cache/logs/registry.log.',
  });
});

/** A machine whose apt is configured by these files. */
function machine(aptFiles: Record<string, string>): string {
  const etc = join(root, 'machine', 'etc');
  mkdirSync(join(etc, 'apt', 'sources.list.d'), { recursive: true });
  writeFileSync(join(etc, 'os-release'), 'ID=debian\nVERSION_CODENAME=bookworm\n');
  for (const [name, text] of Object.entries(aptFiles)) writeFileSync(join(etc, 'apt', name), text);
  return join(root, 'machine');
}

test('packages come from the mirrors of this machine, written as paragraphs', () => {
  const own = [
    'Types: deb\n# a comment\nURIs: http://mirror.example/debian\nSuites: bookworm bookworm-updates',
    'Components: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
    'Types: deb\nURIs: http://mirror.example/security\nSuites: bookworm-security\nComponents: main\n',
  ].join('\n');
  const other = 'deb https://vendor.example bookworm stable\n';
  const files = { 'sources.list.d/debian.sources': own, 'sources.list.d/a.list': other };
  expect(debianSources('trixie', machine(files))).toEqual([
    'deb http://mirror.example/debian trixie main',
    'deb http://mirror.example/debian trixie-updates main',
    'deb http://mirror.example/security trixie-security main',
  ]);
});

test('packages come from the mirrors of this machine, written as lines', () => {
  const text =
    '# deb http://old.example bookworm main\ndeb [arch=amd64] http://m.example bookworm main contrib\n';
  expect(debianSources('trixie', machine({ 'sources.list': text }))).toEqual([
    'deb http://m.example trixie main',
  ]);
});

test('a machine without a Debian mirror is told so', () => {
  expect(() => debianSources('trixie', machine({}))).toThrow(
    'no Debian mirror is configured in /etc/apt.',
  );
});

test('every image has its own name, and a reference that a registry accepts', () => {
  expect(new Set(recipes.map(({ name }) => name)).size).toBe(recipes.length);
  const paths = recipes.map(({ reference }) => {
    const { repository, tag } = parseReference(reference);
    return `${repository}:${tag}`;
  });
  // One mirror answers for all hosts, so two images that differ only in the host would collide.
  expect(new Set(paths).size).toBe(recipes.length);
  expect(() => parseReference('redis')).toThrow('"redis" is not of the form host/path:tag');
});
