import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';

import { run } from './exec.ts';
import { binDir, logDir, projectDir } from './paths.ts';
import { folderInputs, step } from './step.ts';

const toolchainDir = join(projectDir, 'sandbox', 'toolchain');

interface Program {
  /** File in `.cache/bin`. */
  readonly name: string;
  /** Folder of its Go module below `sandbox/toolchain`. */
  readonly module: string;
  /** Go package. */
  readonly package: string;
  readonly tags?: string;
  /** Linker's `-X` assignments. */
  readonly set?: Readonly<Record<string, string>>;
  /** Other names by which the program is called. */
  readonly links?: readonly string[];
  /** Writes generated inputs of the build. */
  readonly prepare?: (moduleDir: string) => Promise<void>;
}

const kubernetesVersion = 'k8s.io/component-base/version';

/** In the order of their need and size: the longest first, so that two builders end together. */
const programs: readonly Program[] = [
  {
    name: 'kubernetes',
    module: 'kubernetes',
    package: './cmd/kubernetes',
    set: {
      [`${kubernetesVersion}.gitVersion`]: 'v1.36.3',
      [`${kubernetesVersion}.gitMajor`]: '1',
      [`${kubernetesVersion}.gitMinor`]: '36',
    },
    links: [
      'etcd',
      'kube-apiserver',
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
      'kubectl',
    ],
  },
  {
    name: 'pulumi-kubernetes-provider',
    module: 'pulumi-kubernetes',
    package: '.',
    prepare: writeKubernetesSchema,
  },
  {
    name: 'pulumi',
    module: 'pulumi',
    package: 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    tags: 'osusergo,grpcnotrace',
    set: { 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version': 'v3.259.0' },
  },
  { name: 'traefik', module: 'traefik', package: 'github.com/traefik/traefik/v3/cmd/traefik' },
  { name: 'coredns', module: 'coredns', package: 'github.com/coredns/coredns' },
  {
    name: 'cloudnative-pg',
    module: 'kubernetes',
    package: 'github.com/cloudnative-pg/cloudnative-pg/cmd/manager',
    set: { 'github.com/cloudnative-pg/cloudnative-pg/pkg/versions.buildVersion': '1.30.0' },
  },
  {
    name: 'plugin-barman-cloud',
    module: 'kubernetes',
    package: 'github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager',
  },
  { name: 'network-policies', module: 'kubernetes', package: './cmd/network-policies' },
  {
    name: 'local-path-provisioner',
    module: 'local-path',
    package: 'github.com/rancher/local-path-provisioner',
  },
  { name: 'versitygw', module: 'versitygw', package: 'github.com/versity/versitygw/cmd/versitygw' },
  {
    name: 'ferretdb',
    module: 'ferretdb',
    package: 'github.com/FerretDB/FerretDB/cmd/ferretdb',
    // The published module lacks the version file that it checks against its build information.
    set: { 'runtime.modinfo': '' },
  },
  {
    name: 'pulumi-language-nodejs-host',
    module: 'pulumi-nodejs',
    package: 'github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs',
  },
];

/** Names of the programs that only the Pulumi command line needs. */
const pulumiPrograms = ['pulumi', 'pulumi-language-nodejs-host'];

/** The provider embeds its own schema, with the version that the module leaves open. */
async function writeKubernetesSchema(moduleDir: string): Promise<void> {
  const module = 'github.com/pulumi/pulumi-kubernetes/provider/v4';
  // Not `go list`, which knows no folder of a module that has not been downloaded yet.
  const info = await run('go', ['mod', 'download', '-json', module], { cwd: moduleDir });
  const { Dir } = JSON.parse(info) as { Dir: string };
  const file = join(Dir, 'cmd', 'pulumi-resource-kubernetes', 'schema.json');
  const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const target = join(moduleDir, 'schema.json');
  writeFileSync(target, JSON.stringify({ ...schema, version: '4.25.0' }));
}

/** Builds one program with the flags of a release: static, without paths of this machine. */
async function build(program: Program): Promise<void> {
  const moduleDir = join(toolchainDir, program.module);
  const target = join(binDir, program.name);
  const assignments = Object.entries(program.set ?? {}).map(
    ([name, value]) => `-X ${name}=${value}`,
  );
  const args = [
    'build',
    '-trimpath',
    ...(program.tags === undefined ? [] : ['-tags', program.tags]),
    '-ldflags',
    ['-s', '-w', ...assignments].join(' '),
    '-o',
    `${target}.new`,
    program.package,
  ];
  const inputs = [...folderInputs(moduleDir, ['.go', '.mod', '.sum']), ...args, await goVersion()];
  await step({ name: `build ${program.name}`, inputs, outputs: [target] }, async () => {
    mkdirSync(binDir, { recursive: true });
    await program.prepare?.(moduleDir);
    await run('go', args, {
      cwd: moduleDir,
      // GOFLAGS: the checksums in go.sum are the supply-chain check, so nothing may extend them.
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
      log: join(logDir, `build-${program.name}.log`),
    });
    renameSync(`${target}.new`, target);
  });
  for (const link of program.links ?? []) {
    rmSync(join(binDir, link), { force: true });
    symlinkSync(program.name, join(binDir, link));
  }
}

let version: Promise<string> | undefined;
function goVersion(): Promise<string> {
  version ??= run('go', ['env', 'GOVERSION']);
  return version;
}

/**
 * Builds every program that is missing or out of date. Two at a time where memory allows it: the
 * second one uses the core that the other's downloads and linking leave idle.
 * @param withPulumi whether the Pulumi command line is built too, or the user's own is used
 * @param only names of the other programs that are needed; all by default
 */
export async function buildToolchain(withPulumi: boolean, only?: readonly string[]): Promise<void> {
  const queue = programs.filter(({ name }) =>
    pulumiPrograms.includes(name) ? withPulumi : (only?.includes(name) ?? true),
  );
  const builders = totalmem() >= 12 * 2 ** 30 ? 2 : 1;
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await build(next);
  };
  await Promise.all(Array.from({ length: builders }, worker));
  if (withPulumi) writeLanguageHost();
}

/**
 * The published language host is older than the options in Pulumi.yaml, so it gets them here.
 */
function writeLanguageHost(): void {
  const file = join(binDir, 'pulumi-language-nodejs');
  mkdirSync(dirname(file), { recursive: true });
  const script =
    '#!/bin/sh\nexec "$(dirname "$0")/pulumi-language-nodejs-host" -typescript=false -nodeargs=--import=saas-platform/preload "$@"\n';
  writeFileSync(file, script, { mode: 0o755 });
}
