import * as pulumi from '@pulumi/pulumi';
import { z } from 'zod';

const hostName = () => z.string().regex(/^[a-z0-9.-]+$/);
const objectName = () => z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);

/**
 * What a stack tells the world: the application, operators and people read it with
 * `pulumi stack output`. A field is never removed or changed in meaning, only added.
 */
export const outputsSchema = z.strictObject({
  url: z
    .url({ protocol: /^https$/ })
    .regex(/^https:\/\//)
    .describe('Address of the API.'),
  hosts: z
    .strictObject({ api: hostName(), admin: hostName() })
    .describe('Public host names that the edge has a certificate for.'),
  edgeHost: hostName().describe('Host name of the edge inside the cluster.'),
  caCertificate: z
    .string()
    .startsWith('-----BEGIN CERTIFICATE-----')
    .describe("The platform's own authority, PEM: what clients of the databases trust."),
  namespaces: z
    .strictObject({
      system: objectName(),
      data: objectName(),
      edge: objectName(),
      app: objectName(),
      observability: objectName().optional(),
      agents: objectName().optional(),
    })
    .describe('Namespaces of the cluster.'),
  postgres: z
    .strictObject({
      poolerHost: hostName().describe('PgBouncer in transaction mode.'),
      directHost: hostName().describe('The writable primary.'),
      port: z.int(),
      database: z.string(),
    })
    .describe('Where PostgreSQL answers inside the cluster.'),
  redis: z
    .strictObject({ nodes: z.array(z.string().regex(/^[a-z0-9.-]+:\d+$/)).min(1) })
    .describe('Nodes of the Redis Cluster as host:port.'),
  documents: z
    .strictObject({ engine: z.string(), database: z.string() })
    .describe('The document store.'),
  backup: z
    .strictObject({
      bucket: z.string().min(3),
      region: z.string().min(1),
      endpoint: z.url().optional().describe('S3 endpoint. Absent: Amazon S3.'),
      schedule: z.string().describe('Five cron fields, UTC.'),
      retentionDays: z.int(),
    })
    .describe('Where backups go, when, and for how long.'),
  application: z
    .strictObject({
      deployment: objectName(),
      service: objectName(),
      migration: objectName(),
      gateway: objectName(),
    })
    .describe('Names of the objects of the application.'),
  metrics: z
    .strictObject({ prometheusHost: hostName(), grafanaHost: hostName() })
    .optional()
    .describe('Prometheus (port 9090) and Grafana (port 3000) inside the cluster.'),
  grafanaPassword: z
    .string()
    .min(12)
    .optional()
    .describe("Secret. Password of Grafana's user admin."),
  demo: z
    .array(z.strictObject({ tenant: objectName(), email: z.email() }))
    .describe('Demo tenants; empty unless the setting demo is on.'),
  demoPasswords: z
    .record(z.string(), z.string().min(12))
    .meta({ description: 'Password of each demo tenant.', 'x-secret': true }),
  images: z
    .record(z.string(), z.string().regex(/^[^\s@]+:[^\s@]+@sha256:[0-9a-f]{64}$/))
    .describe('Every image that runs, as name:tag@digest.'),
});

export type PlatformOutputs = z.output<typeof outputsSchema>;

type Inputs = { readonly [K in keyof PlatformOutputs]: pulumi.Input<PlatformOutputs[K]> };

const fields: Readonly<Record<string, z.ZodType>> = outputsSchema.shape;

/**
 * Checks each output against the contract when it becomes known; at a preview some never do. What
 * the contract marks as secret is made one, and what is secret already stays so.
 */
export function checkedOutputs(outputs: Inputs): Record<string, pulumi.Output<unknown>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => {
      const checked = pulumi.output(value).apply((known) => checkedOutput(name, known));
      const secret = fields[name]?.meta()?.['x-secret'] === true;
      return [name, secret ? pulumi.secret(checked) : checked];
    }),
  );
}

/** One output, if it fits the contract. The error names it and never its value. */
export function checkedOutput(name: string, value: unknown): unknown {
  const result = fields[name]?.safeParse(value);
  if (result?.success === true) return result.data;
  const problem = result === undefined ? 'it is not listed' : z.prettifyError(result.error);
  throw new Error(`output "${name}" breaks the contract of infra/outputs.ts: ${problem}`);
}

/**
 * The contract as JSON Schema, for programs that must not import this one. It is open: a reader
 * that knows it goes on to work when an output is added.
 */
export function outputsJsonSchema(): object {
  return z.toJSONSchema(outputsSchema, {
    target: 'draft-2020-12',
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
}
