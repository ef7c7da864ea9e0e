import { expect, test } from '@jest/globals';

import { configDocs } from '../../infra/config/docs.ts';
import { expectGolden } from './support/golden.ts';

test('docs/config.md explains every setting as the schema has it', () => {
  expectGolden('docs/config.md', configDocs());
  expect(configDocs()).toContain('| `postgres.instances` |');
});
