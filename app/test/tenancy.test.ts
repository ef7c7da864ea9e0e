import { afterAll, beforeAll, describe, jest } from '@jest/globals';

import { chooserCases } from './cases/tenancy/chooser.ts';
import { modelCases } from './cases/tenancy/models.ts';
import { moveCases } from './cases/tenancy/moves.ts';
import { Homes } from './support/homes.ts';

jest.setTimeout(60_000);
const homes = new Homes();
beforeAll(() => homes.start(), 60_000);
afterAll(() => homes.stop(), 30_000);

describe('choosing a model', chooserCases);
for (const model of ['shared', 'schema', 'database'] as const) {
  describe(`a tenant in model ${model}`, () => modelCases(homes, model));
}
describe('moving a tenant', () => moveCases(homes));
