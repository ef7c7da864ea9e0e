import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { credentials, type ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import { CreateRequest } from '@pulumi/pulumi/proto/provider_pb.js';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb.js';
import { Struct } from 'google-protobuf/google/protobuf/struct_pb.js';

import { installPlugins, PLUGINS } from '../../sandbox/plugins/install.ts';
import { isSecret } from '../../sandbox/plugins/provider/values.ts';
import { urn } from './plugin-urn.ts';

const projectDir = process.cwd();
const versions = createRequire(join(projectDir, 'package.json'));
let pulumiHome: string;

function executable(name: string): string {
  const { version } = versions(`@pulumi/${name}/package.json`) as { version: string };
  return join(pulumiHome, 'plugins', `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

beforeAll(() => {
  // The apostrophe is the point: the path ends up inside a shell script.
  pulumiHome = mkdtempSync(join(tmpdir(), "pulumi's home "));
  installPlugins({ pulumiHome, projectDir, node: process.execPath });
});

afterAll(() => {
  rmSync(pulumiHome, { recursive: true });
});

test('every plugin sits where the engine looks for the version of its npm SDK', () => {
  for (const name of PLUGINS) expect(statSync(executable(name)).mode & 0o111).toBe(0o111);
  expect(readdirSync(join(pulumiHome, 'plugins'))).toHaveLength(PLUGINS.length);
});

test('installing again changes nothing', () => {
  const before = PLUGINS.map((name) => statSync(executable(name)).mtimeMs);
  installPlugins({ pulumiHome, projectDir, node: process.execPath });
  expect(PLUGINS.map((name) => statSync(executable(name)).mtimeMs)).toEqual(before);
});

test('a moved project is followed by the next installation', () => {
  installPlugins({ pulumiHome, projectDir, node: '/elsewhere/node' });
  expect(readFileSync(executable('random'), 'utf8')).toContain("'/elsewhere/node'");
  installPlugins({ pulumiHome, projectDir, node: process.execPath });
  expect(readFileSync(executable('random'), 'utf8')).not.toContain('/elsewhere/node');
});

describe.each(PLUGINS)('the installed %s plugin', (name) => {
  let plugin: ChildProcess;
  let client: ResourceProviderClient;

  beforeAll(async () => {
    // The engine passes these, and must not be confused with the address of the tracer.
    const commandLine = ['--logtostderr', '-v=3', '--tracing', 'tcp://tracer', '127.0.0.1:9'];
    plugin = spawn(executable(name), commandLine, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(plugin.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    client = new ResourceProviderClient(
      `127.0.0.1:${Number(line.toString())}`,
      credentials.createInsecure(),
    );
  });

  test('tells the version of the npm SDK', async () => {
    const version = await new Promise((resolve, reject) => {
      client.getPluginInfo(new Empty(), (error, info) => {
        if (error) reject(error);
        else resolve(info.getVersion());
      });
    });
    expect(executable(name)).toContain(`resource-${name}-v${String(version)}/`);
  });

  test('refuses a resource that it does not serve, and goes on serving', async () => {
    await expect(createRemote(client, urn(`${name}:index/x:X`), {})).rejects.toThrow(
      new RegExp(`resource ${name}:index/x:X \\(it\\) is not supported by the sandbox's ${name}`),
    );
    await expect(createRemote(client, urn(`${name}:index/y:Y`), {})).rejects.toThrow('is not');
  });

  test('leaves when the engine interrupts it', async () => {
    client.close();
    plugin.kill('SIGINT');
    const [code] = (await once(plugin, 'exit')) as [number];
    expect(code).toBe(0);
  });
});

test('a secret crosses the protocol as a secret', async () => {
  const plugin = spawn(executable('random'), [], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(plugin.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  const address = `127.0.0.1:${Number(line.toString())}`;
  const client = new ResourceProviderClient(address, credentials.createInsecure());
  const password = urn('random:index/randomPassword:RandomPassword');
  const outputs = await createRemote(client, password, { length: 12 });
  client.close();
  plugin.kill();
  expect(isSecret(outputs['result'])).toBe(true);
});

function createRemote(
  client: ResourceProviderClient,
  resource: string,
  inputs: { [name: string]: number },
): Promise<Record<string, unknown>> {
  const request = new CreateRequest().setUrn(resource).setProperties(Struct.fromJavaScript(inputs));
  return new Promise((resolve, reject) => {
    client.create(request, (error: ServiceError | null, response) => {
      if (error) reject(error);
      else resolve(response.getProperties()?.toJavaScript() ?? {});
    });
  });
}
