import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Process } from './support/process.ts';

// Takes one defence away at a time, in a copy of the application, and runs the isolation cases there.
// They have to fail: cases that pass without a defence do not prove that it works.
//
//     node app/test/sabotage.ts

interface Sabotage {
  readonly title: string;
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
}

const USERS = 'app/migrations/tenant/0001_users.up.sql';
const MODELS = 'app/src/db/models.ts';
const CHECK = /WITH CHECK \(tenant_id = .*\);/g;

const SABOTAGES: readonly Sabotage[] = [
  { title: 'no FORCE', file: USERS, from: /ALTER TABLE \w+ FORCE ROW LEVEL SECURITY;/g, to: '' },
  {
    title: 'not enabled',
    file: USERS,
    from: /ALTER TABLE \w+ ENABLE ROW LEVEL SECURITY;/g,
    to: '',
  },
  { title: 'no policy', file: USERS, from: /CREATE POLICY tenant [^;]+;/g, to: '' },
  { title: 'permissive policy', file: USERS, from: /AS RESTRICTIVE/g, to: 'AS PERMISSIVE' },
  { title: 'WITH CHECK (true)', file: USERS, from: CHECK, to: 'WITH CHECK (true);' },
  {
    title: 'TRUNCATE granted',
    file: USERS,
    from: 'GRANT SELECT, INSERT',
    to: 'GRANT TRUNCATE, SELECT, INSERT',
  },
  {
    title: 'single-column foreign key',
    file: USERS,
    from: 'CREATE INDEX users_status_created',
    to: 'ALTER TABLE users ADD UNIQUE (id), ADD boss uuid REFERENCES users (id);\nCREATE INDEX users_status_created',
  },
  {
    title: 'the API runs as owner',
    file: 'app/test/support/servers.ts',
    from: /(?<=CREATE ROLE app_user \S+)(?=`)/g,
    to: ' IN ROLE app_owner',
  },
  {
    title: 'tenant set for the connection',
    file: MODELS,
    from: /(?<=set_config\('app\.tenant_id', \S+, )true/g,
    to: 'false',
  },
  {
    title: 'search_path set for the connection',
    file: MODELS,
    from: /(?<=pg_temp`\}, )true/g,
    to: 'false',
  },
  {
    title: 'no role of its own',
    file: MODELS,
    from: 'role: ({ home }) => home',
    to: "role: () => 'none'",
  },
  {
    title: 'epoch not checked',
    file: 'app/migrations/platform/0002_placement.up.sql',
    from: 'IF now_epoch IS DISTINCT FROM expected THEN',
    to: 'IF false THEN',
  },
];

const CONFIG = {
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  testMatch: ['**/app/test/tenancy.test.ts'],
};

/** The titles of the cases that failed on a copy with this change. */
async function failures(sabotage?: Sabotage): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sabotage-'));
  try {
    cpSync('app', join(directory, 'app'), { recursive: true });
    cpSync('package.json', join(directory, 'package.json'));
    symlinkSync(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
    if (sabotage !== undefined) {
      const file = join(directory, sabotage.file);
      const before = readFileSync(file, 'utf8');
      const after = before.replaceAll(sabotage.from, () => sabotage.to);
      if (after === before)
        throw new Error(`${sabotage.title}: nothing to change in ${sabotage.file}`);
      writeFileSync(file, after);
    }
    const config = JSON.stringify({ ...CONFIG, rootDir: directory });
    const run = new Process(
      process.execPath,
      [
        join(process.cwd(), 'node_modules/jest/bin/jest.js'),
        ...['--config', config, '--runInBand', '--verbose', '--forceExit'],
        ...['-t', 'a tenant in model|the guard'],
      ],
      { cwd: directory },
    );
    const code = await run.ended(240);
    const failed = [...run.output.matchAll(/✕ (.*?)(?: \(\d.*)?$/gm)].map(
      ([, title]) => title ?? '',
    );
    if ((code === 0) !== (failed.length === 0)) throw new Error(run.output);
    return failed;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const wanted = process.argv[2] ?? '';
const untouched = await failures();
if (untouched.length > 0) throw new Error(`Red without sabotage: ${untouched.join('; ')}`);
let survived = 0;
for (const sabotage of SABOTAGES.filter(({ title }) => title.includes(wanted))) {
  const failed = await failures(sabotage);
  if (failed.length === 0) survived += 1;
  console.log(`${failed.length === 0 ? 'NOT NOTICED' : 'noticed'}: ${sabotage.title}`);
  for (const title of new Set(failed)) console.log(`    ${title}`);
}
process.exitCode = survived === 0 ? 0 : 1;
