import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { isSound, overview } from './overview.ts';
import { readPolicyEvents } from './policy-events.ts';
import { readPreview } from './preview.ts';
import { readPrices } from './prices.ts';

// node infra/review/plan.ts STACK=PREVIEW --events LOG: what the preview of a stack holds, for a
// terminal. Ends with 1 when the preview is incomplete or a mandatory policy is broken.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { events: { type: 'string' } },
});
const [stack = '', file = ''] = (positionals[0] ?? '').split('=');
const preview = readPreview(readFileSync(file, 'utf8'));
const findings = readPolicyEvents(readFileSync(values.events ?? '', 'utf8'));
const prices = readPrices(readFileSync(join(import.meta.dirname, 'prices.json'), 'utf8'));
process.stdout.write(overview(stack, preview, findings, prices));
process.exitCode = isSound(preview, findings) ? 0 : 1;
