import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { stopControlPlane } from './cluster/control-plane.ts';
import { restoreHost } from './cluster/host.ts';
import { stopNode } from './cluster/node.ts';
import { daemonNames, stopDaemon } from './daemon.ts';
import { killPods, removeCgroups, removeNetwork, unmount } from './leftovers.ts';
import { clusterDir, logDir, pulumiStateDir } from './paths.ts';
import { task } from './progress.ts';
import { removeSalt } from './pulumi.ts';
import { embedded } from './target.ts';

/** Ends the cluster and removes everything `up` made, but the builds. Safe to repeat. */
export async function down(): Promise<void> {
  if (!existsSync(clusterDir)) return;
  await task('stop the cluster', async () => {
    // First, because a state that outlives its cluster would make the next `up` change nothing.
    rmSync(pulumiStateDir, { recursive: true, force: true });
    removeSalt(embedded);
    await stopNode();
    await killPods();
    await stopDaemon('containerd');
    await stopControlPlane();
    for (const name of daemonNames()) await stopDaemon(name);
    await unmount();
    await removeNetwork();
    for (const controller of ['', ...readdirSync('/sys/fs/cgroup')]) {
      removeCgroups(join('/sys/fs/cgroup', controller, 'kubepods'));
    }
    await restoreHost();
    rmSync(clusterDir, { recursive: true, force: true });
    rmSync(logDir, { recursive: true, force: true });
  });
}
