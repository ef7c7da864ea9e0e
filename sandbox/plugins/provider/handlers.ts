import type * as Grpc from '@grpc/grpc-js';
import type * as ProviderMessages from '@pulumi/pulumi/proto/provider_pb.js';
import type { Struct as StructMessage } from 'google-protobuf/google/protobuf/struct_pb.js';

import { Empty, grpc, messages, PluginInfo, Struct } from './protocol.ts';
import type { SandboxProvider } from './provider.ts';
import type { Values } from './values.ts';

/** The calls of the plugin protocol, each a translation to and from `SandboxProvider`. */
export function handlers(
  provider: SandboxProvider,
  name: string,
  version: string,
): Grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
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

function bag(message: StructMessage | undefined): Values {
  return message?.toJavaScript() ?? {};
}

function struct(values: Values): StructMessage {
  return Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);
}
