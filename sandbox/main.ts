import { parseArgs } from 'node:util';

import { printEnvironment } from './commands/env.ts';
import { showLogs } from './commands/logs.ts';
import { showStatus } from './commands/status.ts';
import { up } from './commands/up.ts';
import { destroy } from './deploy.ts';
import { down } from './down.ts';
import { SandboxError } from './errors.ts';
import { endCommands } from './exec.ts';
import { lock } from './lock.ts';
import { plan } from './plan/plan.ts';

const usage = `The embedded cluster: node sandbox/main.ts COMMAND

  up [--context NAME]   build what is missing, start the cluster, deploy the stack "local";
                        with --context, deploy to that context of your own kubeconfig instead
  up --cluster-only     stop before the deployment
  up --with-test-packages  also install the Debian packages that the tests start
  build                 only build programs and images
  down                  end the cluster and remove everything "up" made, except the builds;
                        with --context, delete what was deployed to that context instead
  plan STACK            what a first deployment would make and cost, and what the policies say
  status                what runs and what is not ready
  logs [NAME]           logs of a program of the cluster (without NAME: their names)
  env [--context NAME]  shell lines for pulumi and kubectl: eval "$(make -s env)"`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string' },
    'cluster-only': { type: 'boolean', default: false },
    'with-test-packages': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

async function main(): Promise<void> {
  const [command, name] = positionals;
  if (values.help || command === 'help') {
    console.log(usage);
    return;
  }
  switch (command) {
    case 'up':
      lock();
      await up({
        context: values.context,
        until: values['cluster-only'] ? 'cluster' : 'deployed',
        testPackages: values['with-test-packages'],
      });
      return;
    case 'build':
      lock();
      await up({ context: undefined, until: 'built', testPackages: false });
      return;
    case 'down':
      lock();
      if (values.context === undefined) await down();
      else await destroy(values.context);
      return;
    case 'plan':
      process.exitCode = await plan(name);
      return;
    case 'status':
      await showStatus();
      return;
    case 'logs':
      await showLogs(name);
      return;
    case 'env':
      printEnvironment(values.context);
      return;
    default:
      throw new SandboxError(
        command === undefined ? 'no command given.' : `unknown command "${command}".`,
        usage,
      );
  }
}

try {
  await main();
} catch (error) {
  if (error instanceof SandboxError)
    console.error(`error: ${error.message} ${error.fix}`.trimEnd());
  else console.error(error);
  endCommands();
  process.exit(1);
}
