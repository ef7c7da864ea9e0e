import { join } from 'node:path';

import { serve } from '../provider/server.ts';
import { sdkVersion } from '../provider/version.ts';
import { random } from './plugin.ts';

await serve(random, sdkVersion(join(import.meta.dirname, '../../..'), 'random'));
