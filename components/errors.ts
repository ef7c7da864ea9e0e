/** A mistake in what the caller asked for. The entry point prints it without a stack trace. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Dotted path of the setting, for example `orders.backup.schedule`. */
  readonly path: string;
  /** What to write instead, where it can be guessed. */
  readonly hint: string | undefined;

  constructor(path: string, problem: string, hint?: string) {
    super(hint === undefined ? `${path}: ${problem}` : `${path}: ${problem} ${hint}`);
    this.path = path;
    this.hint = hint;
  }
}
