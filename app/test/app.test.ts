import { afterAll, beforeAll, describe, jest } from '@jest/globals';

import { accountCases } from './cases/accounts.ts';
import { adminCases } from './cases/admin.ts';
import { attackCases } from './cases/attacks.ts';
import { auditCases } from './cases/audit.ts';
import { cacheCases } from './cases/cache.ts';
import { configDocumentCases } from './cases/config-documents.ts';
import { directoryCases } from './cases/directory.ts';
import { eventCases } from './cases/events.ts';
import { isolationCases } from './cases/isolation.ts';
import { limitCases } from './cases/limits.ts';
import { migrationCases } from './cases/migrations.ts';
import { offboardingCases } from './cases/offboarding.ts';
import { operationCases } from './cases/operation.ts';
import { overloadCases } from './cases/overload.ts';
import { signInCases } from './cases/sign-in.ts';
import { statusCases } from './cases/status.ts';
import { traceCases } from './cases/trace.ts';
import { World } from './support/world.ts';

// One file, because the servers behind it take longer to start than most cases to run.
jest.setTimeout(60_000);
const world = new World();
beforeAll(() => world.start(), 120_000);
afterAll(() => world.stop(), 60_000);

describe('signing in', () => signInCases(world));
describe('accounts', () => accountCases(world));
describe('isolation of tenants', () => isolationCases(world));
describe('directory', () => directoryCases(world));
describe('configuration documents', () => configDocumentCases(world));
describe('cache', () => cacheCases(world));
describe('events', () => eventCases(world));
describe('attacks', () => attackCases(world));
describe('rate limits', () => limitCases(world));
describe('audit', () => auditCases(world));
describe('offboarding', () => offboardingCases(world));
describe('operators', () => adminCases(world));
describe('migrations', () => migrationCases(world));
describe('overload', () => overloadCases(world));
describe('traces', () => traceCases(world));
describe('status', () => statusCases(world));
describe('operation', () => operationCases(world));
