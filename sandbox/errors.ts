/** Something the user can mend. Printed as one line with the fix, without a stack trace. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  /** What to do about it, as a sentence. */
  readonly fix: string;

  constructor(problem: string, fix: string) {
    super(problem);
    this.fix = fix;
  }
}
