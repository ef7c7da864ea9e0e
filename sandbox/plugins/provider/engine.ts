import { engineProtocol, grpc } from './protocol.ts';

/** Address of the engine that started this plugin; undefined when a person did. */
export function engineAddress(commandLine: readonly string[]): string | undefined {
  return commandLine.find(
    (argument, index) => !argument.startsWith('-') && commandLine[index - 1] !== '--tracing',
  );
}

/** Writes warnings into the output of the Pulumi command, next to the resource. */
export function warner(engine: string | undefined) {
  return async (message: string, urn: string): Promise<void> => {
    if (engine === undefined) return;
    const { EngineClient, LogRequest, LogSeverity } = engineProtocol();
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

/** An engine that was killed cannot end its plugins; without this they would stay for good. */
export function exitWithEngine(): void {
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
