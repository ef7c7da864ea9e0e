import { join } from 'node:path';

import { serve } from '../provider/server.ts';
import { sdkVersion } from '../provider/version.ts';
import { tls } from './plugin.ts';

await serve(tls, sdkVersion(join(import.meta.dirname, '../../..'), 'tls'));
