import { existsSync } from 'node:fs';

import { kubectl } from '../cluster/control-plane.ts';
import { daemonNames, lastLines, runningPid } from '../daemon.ts';
import { clusterDir } from '../paths.ts';

/** Prints every program of the cluster and the pods that are not ready; fails when one is missing. */
export async function showStatus(): Promise<void> {
  if (!existsSync(clusterDir)) {
    console.log('The embedded cluster is not there. "make up" starts it.');
    return;
  }
  for (const name of daemonNames().sort()) {
    const pid = runningPid(name);
    console.log(`${name.padEnd(26)} ${pid === undefined ? 'NOT RUNNING' : `running (pid ${pid})`}`);
    if (pid === undefined) {
      process.exitCode = 1;
      console.log(lastLines(name, 3));
    }
  }
  if (runningPid('kube-apiserver') === undefined) {
    console.log('"make up" starts what is missing.');
    return;
  }
  console.log(await kubectl(['get', 'pods', '-A', '-o', 'wide']));
}
