#!/usr/bin/env node
// The order matters: `preload.ts` must run before anything of Pulumi is loaded.
import './preload.ts';
import './once.ts';

import { PolicyPack } from '@pulumi/policy';

import { allowances } from './allowances.ts';
import { exceptions } from './exceptions.ts';
import { toPolicy, type Pack } from './policy.ts';
import { rules } from './rules/index.ts';

// Started in the folder of the program, but the SDK reads the version from ./package.json.
process.chdir(import.meta.dirname);

const pack: Pack = {
  rules,
  waivers: [...allowances, ...exceptions],
  today: new Date().toISOString().slice(0, 10),
};

new PolicyPack('saas-platform', {
  description: 'The security baseline of the platform.',
  enforcementLevel: 'mandatory',
  policies: rules.map((rule) => toPolicy(rule, pack)),
});
