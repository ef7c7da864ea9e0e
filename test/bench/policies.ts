/**
 * What the policy pack costs, in processor time of its own process: its start, each resource, and the
 * whole stack. Needs no cluster.
 */
import { rules } from '../../policies/rules/index.ts';
import { startAnalyzer } from '../policy/analyzer.ts';
import { deployment, DEPLOYMENT } from '../policy/good.ts';
import type { Subject } from '../policy/support.ts';

const RESOURCES = 300;
const ROUNDS = 5;

const stack = Array.from({ length: RESOURCES }, (_, index): Subject => {
  const name = `api-${index}`;
  return { type: DEPLOYMENT, name, props: { ...deployment(), metadata: { name, namespace: 'a' } } };
});

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const starts: number[] = [];
const each: number[] = [];
const whole: number[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  const analyzer = await startAnalyzer();
  const started = analyzer.cpuSeconds();
  for (const subject of stack) await analyzer.analyze(subject);
  const analyzed = analyzer.cpuSeconds();
  await analyzer.analyzeStack(stack);
  starts.push(started);
  each.push(((analyzed - started) / RESOURCES) * 1000);
  whole.push(((analyzer.cpuSeconds() - analyzed) / RESOURCES) * 1000);
  await analyzer.stop();
}

console.log(`policy pack of ${rules.length} rules, median of ${ROUNDS} runs, processor time`);
console.log(`start                   ${median(starts).toFixed(2)} s   (budget 0.60)`);
console.log(`per Deployment          ${median(each).toFixed(2)} ms  (budget 2.00)`);
console.log(`per resource of a stack ${median(whole).toFixed(2)} ms`);
