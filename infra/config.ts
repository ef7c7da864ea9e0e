import { ConfigError } from '../components/errors.ts';
import { problemsOf } from './config/problems.ts';
import { brokenRules, type Partly } from './config/rules.ts';
import { settingsSchema, type Settings, type SettingsInput } from './config/schema.ts';

export { settingsSchema, type Settings, type SettingsInput } from './config/schema.ts';

/** All mistakes of a configuration at once. The entry point prints it without a stack trace. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';
  readonly problems: readonly ConfigError[];

  constructor(problems: readonly ConfigError[]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.problems = problems;
  }
}

/** A copy without the settings at `paths`, so that rules only ever see sound values. */
function without(value: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return paths.length === 0 ? value : undefined;
  }
  const entries = Object.entries(value).map(([key, inner]) => {
    const below = paths.filter(([first]) => first === key).map((path) => path.slice(1));
    return [key, without(inner, below)];
  });
  return Object.fromEntries(entries);
}

/**
 * The settings of a stack with all defaults filled in.
 * Throws `ConfigProblems` with every mistake, so that one run shows them all.
 */
export function parseSettings(input: unknown): Settings {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ConfigProblems([
      new ConfigError('saas-platform:settings', 'is missing.', 'See docs/config.md.'),
    ]);
  }
  const result = settingsSchema.safeParse(input);
  if (result.success) {
    const broken = brokenRules(result.data);
    if (broken.length > 0) throw new ConfigProblems(broken);
    return result.data;
  }
  const problems = problemsOf(result.error, input, settingsSchema);
  // A misspelt key makes its group neither wrong nor incomplete, so only typed paths are cut out.
  const wrong = result.error.issues
    .filter(({ code }) => code !== 'unrecognized_keys')
    .map(({ path }) => path);
  const sound = without(input, wrong) as Partly<SettingsInput>;
  throw new ConfigProblems([...problems, ...brokenRules(sound)]);
}
