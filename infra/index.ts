import { join } from 'node:path';

import * as pulumi from '@pulumi/pulumi';

import { ConfigError } from '../components/errors.ts';
import { ConfigProblems, parseSettings } from './config.ts';
import { readImagesLock, resolveImages, resolveMetricImages } from './images.ts';
import { checkedOutputs } from './outputs.ts';
import { program } from './program.ts';

/** A mistake of the user is shown without a stack trace; anything else is a bug and keeps its own. */
function start() {
  // Pulumi starts the program in the folder of this file.
  const projectDir = join(import.meta.dirname, '..');
  const stack = pulumi.getStack();
  try {
    const secrets = new pulumi.Config();
    const settings = parseSettings(secrets.getObject('settings'));
    const lock = readImagesLock(join(projectDir, settings.images.lock));
    const images = resolveImages(settings.images, lock);
    const metricImages = resolveMetricImages(settings, lock);
    return checkedOutputs(program({ settings, images, metricImages, secrets, stack, projectDir }));
  } catch (error) {
    if (!(error instanceof ConfigProblems) && !(error instanceof ConfigError)) throw error;
    throw new pulumi.RunError(`Pulumi.${stack}.yaml needs a change:\n${error.message}`);
  }
}

export default start();
