import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type * as Grpc from '@grpc/grpc-js';
import type * as AnalyzerService from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import type * as Messages from '@pulumi/pulumi/proto/analyzer_pb.js';
import type * as StructMessages from 'google-protobuf/google/protobuf/struct_pb.js';
import type * as EmptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';

import { urnOf, type Json, type Reported, type Subject } from './support.ts';

// The SDK is CommonJS, and its messages must come from its own copy of protobuf.
const sdk = createRequire(import.meta.filename);
const grpc = sdk('@grpc/grpc-js') as typeof Grpc;
const { AnalyzerClient } = sdk(
  '@pulumi/pulumi/proto/analyzer_grpc_pb.js',
) as typeof AnalyzerService;
const messages = sdk('@pulumi/pulumi/proto/analyzer_pb.js') as typeof Messages;
const { Struct } = sdk('google-protobuf/google/protobuf/struct_pb.js') as typeof StructMessages;
const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb.js') as typeof EmptyMessages;

/** A diagnostic of the pack, as the engine reads it. */
export interface Diagnostic extends Reported {
  readonly policy: string;
}

/** The pack in a process of its own, spoken to as the engine does. */
export interface Analyzer {
  readonly analyze: (subject: Subject) => Promise<readonly Diagnostic[]>;
  readonly analyzeStack: (subjects: readonly Subject[]) => Promise<readonly Diagnostic[]>;
  /** Names of the policies, with the levels they announce. */
  readonly policies: () => Promise<ReadonlyMap<string, string>>;
  /** Settings and levels by policy, as `--policy-pack-config` gives them. */
  readonly configure: (
    config: Readonly<Record<string, { level: string; settings: Json }>>,
  ) => Promise<void>;
  /** Seconds of processor time that the process used so far. */
  readonly cpuSeconds: () => number;
  readonly stop: () => Promise<void>;
}

const LEVELS = ['advisory', 'mandatory', 'disabled', 'remediate'];

/** Starts the pack and waits until it listens. */
export async function startAnalyzer(): Promise<Analyzer> {
  const pack = join(import.meta.dirname, '..', '..', 'policies', 'index.ts');
  const child = spawn(process.execPath, [pack], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const address = `127.0.0.1:${port.toString().trim()}`;
  const client = new AnalyzerClient(address, grpc.credentials.createInsecure(), {
    'grpc.max_send_message_length': 400 * 1024 * 1024,
  });
  const call = <Request, Answer>(
    method: (request: Request, done: (error: Error | null, answer: Answer) => void) => unknown,
    request: Request,
  ) =>
    new Promise<Answer>((resolve, reject) => {
      method.call(client, request, (error, answer) => {
        if (error === null) resolve(answer);
        else reject(error);
      });
    });
  return {
    analyze: async (subject) =>
      diagnostics(
        await call(client.analyze.bind(client), fill(new messages.AnalyzeRequest(), subject)),
      ),
    analyzeStack: async (subjects) => {
      const request = new messages.AnalyzeStackRequest();
      request.setResourcesList(subjects.map((one) => stackResource(one, subjects)));
      return diagnostics(await call(client.analyzeStack.bind(client), request));
    },
    policies: async () => {
      const info = await call<EmptyMessages.Empty, Messages.AnalyzerInfo>(
        client.getAnalyzerInfo.bind(client),
        new Empty(),
      );
      return new Map(
        info
          .getPoliciesList()
          .map((one) => [one.getName(), LEVELS[one.getEnforcementlevel()] ?? '']),
      );
    },
    configure: async (config) => {
      const request = new messages.ConfigureAnalyzerRequest();
      for (const [policy, { level, settings }] of Object.entries(config)) {
        const own = new messages.PolicyConfig();
        own.setEnforcementlevel(LEVELS.indexOf(level));
        own.setProperties(Struct.fromJavaScript(settings as never));
        request.getPolicyconfigMap().set(policy, own);
      }
      await call(client.configure.bind(client), request);
    },
    cpuSeconds: () => {
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      // utime and stime, in hundredths of a second.
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    stop: async () => {
      client.close();
      child.kill();
      await once(child, 'exit');
    },
  };
}

function fill<T extends Messages.AnalyzeRequest | Messages.AnalyzerResource>(
  request: T,
  subject: Subject,
): T {
  const { type, props, name = 'subject', provider = 'cluster' } = subject;
  request.setType(type);
  request.setName(name);
  request.setUrn(urnOf(subject));
  // As on the wire: without undefined values.
  request.setProperties(Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as never));
  const options = new messages.AnalyzerResourceOptions();
  options.setProtect(subject.protect ?? false);
  options.setIgnorechangesList([...(subject.ignoreChanges ?? [])]);
  request.setOptions(options);
  if (provider !== null) {
    const own = new messages.AnalyzerProviderResource();
    own.setName(provider);
    own.setType('pulumi:providers:kubernetes');
    own.setProperties(Struct.fromJavaScript({}));
    request.setProvider(own);
  }
  return request;
}

function stackResource(subject: Subject, all: readonly Subject[]): Messages.AnalyzerResource {
  const resource = fill(new messages.AnalyzerResource(), subject);
  for (const [property, names] of Object.entries(subject.sources ?? {})) {
    const links = new messages.AnalyzerPropertyDependencies();
    const sources = all.filter(({ name = 'subject' }) => names.includes(name));
    links.setUrnsList(sources.map(urnOf));
    resource.getPropertydependenciesMap().set(property, links);
  }
  return resource;
}

function diagnostics(response: Messages.AnalyzeResponse): readonly Diagnostic[] {
  return response.getDiagnosticsList().map((one) => ({
    policy: one.getPolicyname(),
    level: LEVELS[one.getEnforcementlevel()] as Reported['level'],
    message: one.getMessage(),
    urn: one.getUrn(),
  }));
}
