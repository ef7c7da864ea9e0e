import type { Dashboard } from './dashboard.ts';
import { overview } from './overview.ts';

/** Every dashboard that Grafana shows. */
export const dashboards: readonly Dashboard[] = [overview];
