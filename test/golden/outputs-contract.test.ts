import { expect, test } from '@jest/globals';

import { outputsJsonSchema } from '../../infra/outputs.ts';
import { expectGolden } from './support/golden.ts';
import { typeOfSchema } from './support/types-of-schema.ts';

const schema = outputsJsonSchema();

test('app/contract holds the outputs of the platform as JSON Schema', () => {
  expectGolden('app/contract/outputs.schema.json', JSON.stringify(schema, undefined, 2) + '\n');
});

test('app/contract holds the outputs of the platform as TypeScript', () => {
  const type = `export interface PlatformOutputs ${typeOfSchema(schema, true)}\n`;
  const head = '// Made from infra/outputs.ts by "UPDATE_GOLDEN=1 npm run golden".\n\n';
  const about = '/** What a stack of the platform tells its users: `pulumi stack output --json`. */\n';
  expectGolden('app/contract/platform-outputs.ts', head + about + type);
  expect(type).toContain('  /** Secret. Password of each demo tenant. */\n  readonly demoPasswords:');
});
