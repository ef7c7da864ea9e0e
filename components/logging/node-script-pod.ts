import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { CONTAINER_SECURITY } from '../pod-security.ts';
import { projectFolder } from '../project-folder.ts';

/** Where the ConfigMap with the script is mounted. */
export const SCRIPT_FOLDER = '/scripts';
/** The user of the application's image. */
const USER = 10001;

/** Text of one of the scripts; it is mounted as `<name>.mts`, which says that it is a module. */
export function scriptText(name: string): string {
  return readFileSync(join(projectFolder('components/logging/scripts'), `${name}.ts`), 'utf8');
}

export interface NodeScriptPodArgs {
  /** Image with Node.js 24 as `/usr/local/bin/node`. */
  readonly image: pulumi.Input<string>;
  /** Name of the script, without extension. */
  readonly script: string;
  readonly args: pulumi.Input<string>[];
  /** ConfigMap with `<script>.mts` and `ca.crt`. */
  readonly files: pulumi.Input<string>;
  /** Secret with `username` and `password`. */
  readonly login: pulumi.Input<string>;
}

/** A pod that runs one script to its end, against a server of the platform. */
export function nodeScriptPod(args: NodeScriptPodArgs): k8s.types.input.core.v1.PodSpec {
  const login = (key: string) => ({
    name: `LOGIN_${key.toUpperCase()}`,
    valueFrom: { secretKeyRef: { name: args.login, key } },
  });
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: args.script,
        image: args.image,
        command: ['/usr/local/bin/node', `${SCRIPT_FOLDER}/${args.script}.mts`],
        args: args.args,
        env: [
          login('username'),
          login('password'),
          { name: 'NODE_EXTRA_CA_CERTS', value: `${SCRIPT_FOLDER}/ca.crt` },
        ],
        resources: {
          requests: { cpu: '50m', memory: '96Mi' },
          limits: { memory: '192Mi' },
        },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [{ name: 'scripts', mountPath: SCRIPT_FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: 'scripts', configMap: { name: args.files } }],
  };
}
