/**
 * The SDK's generated messages of the plugin protocol. `main` of `@pulumi/pulumi/provider` is not
 * used: it neither hands on the provider's configuration nor says what is a preview, and it loads
 * the whole SDK (0.8 s) where the messages alone take 0.1 s.
 */
import { createRequire } from 'node:module';

import type * as Grpc from '@grpc/grpc-js';
import type * as EngineService from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import type * as EngineMessages from '@pulumi/pulumi/proto/engine_pb.js';
import type * as PluginMessages from '@pulumi/pulumi/proto/plugin_pb.js';
import type * as ProviderService from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as ProviderMessages from '@pulumi/pulumi/proto/provider_pb.js';
import type * as EmptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import type * as StructMessages from 'google-protobuf/google/protobuf/struct_pb.js';

// From the SDK's own dependencies: a second copy of gRPC or protobuf does not interoperate.
const sdk = createRequire(createRequire(import.meta.url).resolve('@pulumi/pulumi'));

export const grpc = sdk('@grpc/grpc-js') as typeof Grpc;
export const { Empty } = sdk('google-protobuf/google/protobuf/empty_pb.js') as typeof EmptyMessages;
export const { Struct } = sdk(
  'google-protobuf/google/protobuf/struct_pb.js',
) as typeof StructMessages;
export const { ResourceProviderService } = sdk(
  './proto/provider_grpc_pb.js',
) as typeof ProviderService;
export const messages = sdk('./proto/provider_pb.js') as typeof ProviderMessages;
export const { PluginInfo } = sdk('./proto/plugin_pb.js') as typeof PluginMessages;

/** The engine's side, loaded apart: most runs have nothing to tell it. */
export function engineProtocol(): typeof EngineService & typeof EngineMessages {
  const service = sdk('./proto/engine_grpc_pb.js') as typeof EngineService;
  return Object.assign({}, service, sdk('./proto/engine_pb.js') as typeof EngineMessages);
}
