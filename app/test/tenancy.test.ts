import { afterAll, beforeAll, describe, jest } from '@jest/globals';

import { chooserCases } from './cases/tenancy/chooser.ts';
import { fanOutCases } from './cases/tenancy/fan-out.ts';
import { guardCases } from './cases/tenancy/guards.ts';
import { modelCases } from './cases/tenancy/models.ts';
import { moveCases } from './cases/tenancy/moves.ts';
import { onboardingCases } from './cases/tenancy/onboarding.ts';
import { pitfallCases } from './cases/tenancy/pitfalls.ts';
import { proofCases } from './cases/tenancy/proofs.ts';
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
describe('the proof of a move', () => proofCases(homes));
describe('onboarding', () => onboardingCases(homes));
describe('migrations over all homes', () => fanOutCases(homes));
describe('ways past row-level security', () => pitfallCases(homes));
describe('the guard of all homes', () => guardCases(homes));
