import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

/** Login of a demo tenant. */
export interface DemoTenant {
  readonly slug: string;
  readonly name: string;
  readonly email: string;
  /** Secret. */
  readonly password: pulumi.Output<string>;
}

const TENANTS = [
  { slug: 'acme', name: 'Acme', email: 'admin@acme.example' },
  { slug: 'globex', name: 'Globex', email: 'admin@globex.example' },
];

/** Two tenants, the least that shows that one cannot see the other, each with a random password. */
export function demoTenants(name: string, opts: pulumi.CustomResourceOptions): DemoTenant[] {
  return TENANTS.map((tenant) => {
    const { result } = new random.RandomPassword(
      `${name}-demo-${tenant.slug}-password`,
      {
        length: 20,
        minLower: 1,
        minUpper: 1,
        minNumeric: 1,
        minSpecial: 1,
        // None that a shell or a URL would read as its own.
        overrideSpecial: '-_.~',
      },
      opts,
    );
    return { ...tenant, password: result };
  });
}

/** What the migration Job reads: a JSON list of accounts. */
export function seedFile(tenants: readonly DemoTenant[]): pulumi.Output<string> {
  return pulumi.output(tenants).apply((list) => JSON.stringify(list));
}
