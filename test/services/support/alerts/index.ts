import type { AlertCases } from './alert-case.ts';
import { applicationCases } from './application.ts';
import { clusterCases } from './cluster.ts';
import { dataCases } from './data.ts';
import { edgeCases } from './edge.ts';
import { keepingCases } from './keeping.ts';
import { watchingCases } from './watching.ts';

/** For every alert one situation in which it fires and one in which it does not. */
export const alertCases: AlertCases = {
  ...applicationCases,
  ...edgeCases,
  ...dataCases,
  ...clusterCases,
  ...keepingCases,
  ...watchingCases,
};
