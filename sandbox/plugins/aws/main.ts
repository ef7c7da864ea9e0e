import { join } from 'node:path';

import { serve } from '../provider/server.ts';
import { sdkVersion } from '../provider/version.ts';
import { aws } from './plugin.ts';

await serve(aws, sdkVersion(join(import.meta.dirname, '../../..'), 'aws'));
