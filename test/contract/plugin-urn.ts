/** The name under which the engine asks a plugin about a resource. */
export function urn(token: string, name = 'it'): string {
  return `urn:pulumi:dev::project::saas:test:Parent$${token}::${name}`;
}
