import { readFileSync } from 'node:fs';

import { stacksOfChange } from './stacks-of-change.ts';

// git diff --name-only BASE HEAD | node infra/review/changed.ts STACK...
const files = readFileSync(0, 'utf8').split('\n');
console.log(stacksOfChange(files, process.argv.slice(2)).join(' '));
