import { levelOf, levelOfFinding } from './levels.ts';
import type { Rule, Severity } from './rule.ts';

/** Controls that a policy cannot see; a test stands in for each. */
export const elsewhere: readonly { id: string; title: string; test: string }[] = [
  {
    id: 'SEC-04',
    title: 'Passwords and Secrets are encrypted in the state',
    test: 'test/policy/platform.test.ts',
  },
];

/** The same ground in the catalogues that people ask for, by the start of the standard's name. */
const CATALOGUES: readonly (readonly [name: string, start: string])[] = [
  ['Pod Security Standards', 'PSS '],
  ['NSA/CISA Kubernetes Hardening Guide', 'NSA '],
  ['CIS Kubernetes Benchmark', 'CIS '],
  ['CIS EKS Benchmark', 'EKS '],
  ['Kubescape', 'C-'],
  ['Checkov', 'CKV_'],
  ['Trivy', 'KSV-'],
  ['kube-linter', 'kube-linter '],
  ['Polaris', 'Polaris '],
  ['Kyverno', 'Kyverno '],
];

const GATES: Readonly<Record<'check' | 'checkStack', string>> = {
  check: 'each resource, before it is changed',
  checkStack: 'the whole stack, after the preview and after the update',
};

function gate({ check, checkStack }: Rule): string {
  const gates = [check && GATES.check, checkStack && GATES.checkStack];
  return gates.filter((one) => one !== undefined).join('; ');
}

function section(rule: Rule): string {
  const { id, title, severity, standards, why, fix, settings = {} } = rule;
  const own = Object.entries(settings).map(([name, { meaning, default: value }]) => {
    const shown = Array.isArray(value)
      ? value.map((one) => `\`${one}\``).join(', ')
      : String(value);
    return `- Setting \`${name}\`: ${meaning} Default: ${shown === '' ? 'none' : shown}.`;
  });
  return [
    `## ${id}`,
    '',
    `**${title}.** ${why} ${fix}`,
    '',
    `- Severity: ${severity}. A violation is ${levelOf(severity)}; what the preview does not know is ${levelOfFinding(rule, 'unknown')}.`,
    `- Policy: \`${rule.name}\`. Looks at ${gate(rule)}.`,
    ...(standards.length === 0 ? [] : [`- Also asked by: ${standards.join(', ')}.`]),
    ...own,
  ].join('\n');
}

function coverage(rules: readonly Rule[]): string {
  const rows = CATALOGUES.flatMap(([name, start]) => {
    const named = rules.flatMap(({ standards }) =>
      standards.filter((one) => one.startsWith(start)),
    );
    const unique = [...new Set(named)].sort((one, other) =>
      one.localeCompare(other, 'en', { numeric: true }),
    );
    return unique.length === 0 ? [] : [`| ${name} | ${unique.length} | ${unique.join(', ')} |`];
  });
  return ['| catalogue | items | which |', '| --- | --- | --- |', ...rows].join('\n');
}

/** docs/controls.md: every rule as its description says, and what the rules cover together. */
export function controlDocs(rules: readonly Rule[]): string {
  const count = (severity: Severity) => rules.filter((rule) => rule.severity === severity).length;
  const severities = (['critical', 'high', 'medium', 'low'] as const)
    .map((severity) => `${count(severity)} ${severity}`)
    .join(', ');
  return `${[
    '# Controls',
    '',
    `Made from the rules in \`policies/rules\`; \`UPDATE_GOLDEN=1 npx jest test/golden\` writes it anew.`,
    `The pack has ${rules.length} rules: ${severities}. It runs at every \`pulumi preview\` and \`up\` with`,
    '`--policy-pack policies/index.ts`, and over a stored state with `pulumi policy analyze`.',
    '',
    '# Coverage',
    '',
    'What the rules ask that these catalogues ask too. An item named here is covered by at least one rule; it need not be',
    'covered as a whole.',
    '',
    coverage(rules),
    '',
    '# Elsewhere',
    '',
    'Controls that a policy cannot see, and the test that stands in.',
    '',
    ...elsewhere.map(({ id, title, test }) => `- ${id}: ${title}: \`${test}\``),
    '',
    '# Waived',
    '',
    'Objects that a rule lets pass, with reason and end: `policies/*allowances.ts` for good, `policies/exceptions.ts` until a day.',
    '',
    '# Rules',
    '',
    rules.map(section).join('\n\n'),
  ].join('\n')}\n`;
}
