import { join } from 'node:path';

import { fetchManifests } from './manifests.ts';
import { manifestsDir, projectDir } from './paths.ts';
import { report } from './progress.ts';

/** Puts the manifests of the platform's operators in place. */
export function fetchOperatorManifests(): Promise<void> {
  return fetchManifests({
    lockFile: join(projectDir, 'components', 'operators', 'operators.lock.json'),
    outDir: manifestsDir,
    go: 'go',
    renderer: join(projectDir, 'sandbox', 'toolchain', 'pulumi-kubernetes'),
    log: report,
  });
}
