import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeS3 {
  readonly endpoint: string;
  /** Every request so far: `PUT /bucket?versioning` and its body. */
  readonly requests: { readonly line: string; readonly body: string }[];
  /** Status and S3 error code, or status and body, for a request line that begins so. */
  readonly answers: Map<string, { readonly status: number; readonly code?: string; body?: string }>;
  close(): Promise<void>;
}

/** An S3 endpoint that accepts everything and remembers it, except what a test tells it to refuse. */
export async function fakeS3(): Promise<FakeS3> {
  const requests: FakeS3['requests'] = [];
  const answers: FakeS3['answers'] = new Map();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '')
        .replace(/[?&]x-id=\w+|=(?=&|$)/g, '')
        .replace(/\/(?=\?|$)/, '');
      const line = `${request.method} ${path}`;
      requests.push({ line, body: Buffer.concat(chunks).toString() });
      const found = [...answers].find(([start]) => line.startsWith(start))?.[1];
      const { status = 200, code, body = '' } = found ?? {};
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(code ? `<Error><Code>${code}</Code><Message>fake</Message></Error>` : body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, requests, answers, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
