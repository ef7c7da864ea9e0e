/**
 * The plugin protocol over gRPC, from the SDK's generated messages. `main` of
 * `@pulumi/pulumi/provider` is not used: it neither hands on the provider's configuration nor says
 * what is a preview, and it loads the whole SDK (0.8 s) where the messages alone take 0.1 s.
 */
import { createRequire } from 'node:module';

import type * as Grpc from '@grpc/grpc-js';
import type * as EngineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import type * as EngineMessages from '@pulumi/pulumi/proto/engine_pb.js';
import type * as PluginMessages from '@pulumi/pulumi/proto/plugin_pb.js';
import type * as ProviderService from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as ProviderMessages from '@pulumi/pulumi/proto/provider_pb.js';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb.js';

import type { PluginDefinition } from './definition.ts';
import { SandboxProvider } from './provider.ts';
import type { Values } from './values.ts';

// Both modules come from the SDK's own dependencies: a second copy of either does not interoperate.
const require = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));
const grpc = require('@grpc/grpc-js') as typeof Grpc;
const { Empty } =
  require('google-protobuf/google/protobuf/empty_pb.js') as typeof import('google-protobuf/google/protobuf/empty_pb.js');
const structs =
  require('google-protobuf/google/protobuf/struct_pb.js') as typeof import('google-protobuf/google/protobuf/struct_pb.js');
const service = require('./proto/provider_grpc_pb.js') as typeof ProviderService;
const messages = require('./proto/provider_pb.js') as typeof ProviderMessages;
const plugin = require('./proto/plugin_pb.js') as typeof PluginMessages;

const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves the plugin until the engine ends it. Prints the port, which is how the engine finds it. */
export async function serve(definition: PluginDefinition, version: string): Promise<void> {
  const engine = process.argv.slice(2).find((argument) => !argument.startsWith('-'));
  const provider = new SandboxProvider(definition, { warn: warner(engine) });
  const server = new grpc.Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  server.addService(service.ResourceProviderService, handlers(provider, definition.name, version));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  exitWithEngine();
  console.log(String(port));
}

/** An engine that was killed cannot end its plugins; without this they would stay for good. */
function exitWithEngine(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, 2000).unref();
  // A regular exit writes the compile cache, which halves the next start; dying of a signal does not.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      process.exit(0);
    });
  }
}

function handlers(
  provider: SandboxProvider,
  name: string,
  version: string,
): Grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
    getSchema: unary(() =>
      new messages.GetSchemaResponse().setSchema(JSON.stringify({ name, version })),
    ),
    cancel: unary(() => new Empty()),
    configure: unary((request: ProviderMessages.ConfigureRequest) => {
      provider.configure(bag(request.getArgs()));
      // Secrets stay with the engine: it marks every output whose input of that name was secret.
      return new messages.ConfigureResponse().setSupportspreview(true);
    }),
    invoke: unary(async (request: ProviderMessages.InvokeRequest) =>
      new messages.InvokeResponse().setReturn(
        struct(await provider.invoke(request.getTok(), bag(request.getArgs()))),
      ),
    ),
    check: unary((request: ProviderMessages.CheckRequest) => {
      const olds = bag(request.getOlds());
      const { inputs, failures } = provider.check(request.getUrn(), olds, bag(request.getNews()));
      const reported = failures.map(({ property, reason }) =>
        new messages.CheckFailure().setProperty(property).setReason(`${property} ${reason}`),
      );
      return new messages.CheckResponse().setInputs(struct(inputs)).setFailuresList(reported);
    }),
    diff: unary((request: ProviderMessages.DiffRequest) => {
      const oldInputs = bag(request.getOldInputs());
      const state = bag(request.getOlds());
      const { changed, replaces, deleteFirst } = provider.diff(
        request.getUrn(),
        oldInputs,
        state,
        bag(request.getNews()),
      );
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse()
        .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
        .setDiffsList([...changed])
        .setReplacesList([...replaces])
        .setDeletebeforereplace(deleteFirst);
    }),
    create: unary(async (request: ProviderMessages.CreateRequest) => {
      const inputs = bag(request.getProperties());
      const created = await provider.create(request.getUrn(), inputs, request.getPreview());
      return new messages.CreateResponse().setId(created.id).setProperties(struct(created.outputs));
    }),
    read: unary(async (request: ProviderMessages.ReadRequest) => {
      const state = bag(request.getProperties());
      const live = await provider.read(request.getUrn(), request.getId(), state);
      if (live === undefined) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(request.getId())
        .setProperties(struct(live.outputs))
        .setInputs(struct(live.inputs));
    }),
    update: unary(async (request: ProviderMessages.UpdateRequest) =>
      new messages.UpdateResponse().setProperties(
        struct(
          await provider.update(
            request.getUrn(),
            request.getId(),
            bag(request.getOlds()),
            bag(request.getNews()),
            request.getPreview(),
          ),
        ),
      ),
    ),
    delete: unary(async (request: ProviderMessages.DeleteRequest) => {
      await provider.delete(request.getUrn(), request.getId(), bag(request.getProperties()));
      return new Empty();
    }),
  };
}

function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): Grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    // An exception thrown outside a promise would end the process and with it the whole update.
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          callback({ code: grpc.status.UNKNOWN, message, details: message });
        },
      );
  };
}

function bag(message: Struct | undefined): Values {
  return message?.toJavaScript() ?? {};
}

function struct(values: Values): Struct {
  return structs.Struct.fromJavaScript(
    values as Parameters<typeof structs.Struct.fromJavaScript>[0],
  );
}

function warner(engine: string | undefined): (message: string, urn: string) => Promise<void> {
  return async (message, urn) => {
    if (engine === undefined) return;
    const { EngineClient } = require('./proto/engine_grpc_pb.js') as typeof EngineService;
    const { LogRequest, LogSeverity } = require('./proto/engine_pb.js') as typeof EngineMessages;
    const client = new EngineClient(engine, grpc.credentials.createInsecure());
    const request = new LogRequest()
      .setSeverity(LogSeverity.WARNING)
      .setMessage(message)
      .setUrn(urn);
    await new Promise<void>((resolve, reject) => {
      client.log(request, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
    client.close();
  };
}
