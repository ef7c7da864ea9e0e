import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describeVariables } from './src/config.ts';

const FILE = join(import.meta.dirname, 'CONFIG.md');

/** `CONFIG.md` as it should be: a table of every variable, in the order of the schema. */
function configDocs(): string {
  const rows = describeVariables().map(({ name, requiredBy, fallback, expectation }) => [
    `\`${name}\``,
    requiredBy.length === 0 ? '' : requiredBy.join(', '),
    fallback === undefined ? '' : `\`${fallback}\``,
    expectation.replaceAll('|', '\\|'),
  ]);
  const table = [
    ['variable', 'required by', 'default', 'value'],
    ['---', '---', '---', '---'],
    ...rows,
  ];
  return `# Configuration

Every variable of the environment. All mistakes are told at the start, at once. This file is made from the schema in
\`src/config.ts\` by \`node app/config-docs.ts\`; \`--check\` fails when it is out of date.

${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

const text = configDocs();
if (process.argv[2] === '--check') {
  if (readFileSync(FILE, 'utf8') !== text) {
    console.error('app/CONFIG.md is out of date. Run: node app/config-docs.ts');
    process.exit(1);
  }
} else {
  writeFileSync(FILE, text);
}
