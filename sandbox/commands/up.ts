import { applyAddons } from '../cluster/addons.ts';
import { startControlPlane } from '../cluster/control-plane.ts';
import { prepareHost } from '../cluster/host.ts';
import { ensureBridge, startNode } from '../cluster/node.ts';
import { ensurePki } from '../cluster/pki.ts';
import { registryUrl, startRegistry } from '../cluster/registry.ts';
import { deploy } from '../deploy.ts';
import { buildDebianLayers, buildImages, pushImages } from '../images/build.ts';
import { fetchOperatorManifests } from '../operator-manifests.ts';
import { hasOwnImages } from '../own-cluster.ts';
import { installPackages } from '../packages.ts';
import { cacheDir, projectDir } from '../paths.ts';
import { preflight } from '../preflight.ts';
import { report, task, timings } from '../progress.ts';
import { ownPulumi } from '../pulumi.ts';
import { buildToolchain } from '../toolchain.ts';

export interface UpArgs {
  /** Context of the user's own kubeconfig; undefined means the embedded cluster. */
  readonly context: string | undefined;
  /** How far to go. */
  readonly until: 'built' | 'cluster' | 'deployed';
  /** Whether the databases that tests start outside the cluster are installed too. */
  readonly testPackages: boolean;
}

/** Builds and starts what is missing, in the order of need; repeating it changes nothing. */
export async function up({ context, until, testPackages }: UpArgs): Promise<void> {
  // A cluster of the user's own needs nothing of this machine but the builds.
  await preflight({ withCluster: context === undefined });
  await installPackages(testPackages);
  await build({ withImages: context === undefined || !hasOwnImages() });
  if (until === 'built') return;
  if (context === undefined) await task('start the cluster', startCluster);
  if (until === 'cluster') return;
  await deploy(context);
  if (timings.length > 0) {
    const longest = [...timings].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, 8);
    report('longest steps:');
    for (const { task: name, milliseconds } of longest) {
      console.log(`        ${(milliseconds / 1000).toFixed(0).padStart(5)} s  ${name}`);
    }
  }
}

/** Programs, Debian layers and manifests side by side, then the images made of them. */
async function build({ withImages }: { readonly withImages: boolean }): Promise<void> {
  const options = { cacheDir, projectDir, log: report };
  await Promise.all([
    ownPulumi().then((own) => buildToolchain(!own)),
    withImages ? buildDebianLayers(options) : undefined,
    fetchOperatorManifests(),
  ]);
  if (withImages) await buildImages(options);
}

async function startCluster(): Promise<void> {
  await startRegistry();
  await pushImages({ cacheDir, registryUrl, log: report });
  await prepareHost();
  await ensureBridge();
  await ensurePki();
  await startControlPlane();
  await startNode();
  await applyAddons();
}
