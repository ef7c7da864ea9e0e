import type { PluginDefinition } from './definition.ts';
import { engineAddress, exitWithEngine, warner } from './engine.ts';
import { handlers } from './handlers.ts';
import { grpc, ResourceProviderService } from './protocol.ts';
import { SandboxProvider } from './provider.ts';

const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves the plugin until the engine ends it. Prints the port, which is how the engine finds it. */
export async function serve(definition: PluginDefinition, version: string): Promise<void> {
  const engine = engineAddress(process.argv.slice(2));
  const provider = new SandboxProvider(definition, { warn: warner(engine) });
  const server = new grpc.Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  server.addService(ResourceProviderService, handlers(provider, definition.name, version));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
  exitWithEngine();
  console.log(String(port));
}
