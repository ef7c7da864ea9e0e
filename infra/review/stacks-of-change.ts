/** Everything a plan is made from, apart from a stack's own file. */
const PROGRAM =
  /^((infra|stacks|components|policies)\/|Pulumi\.yaml$|package(-lock)?\.json$|images\.lock\.json$)/;
/** Read by people or by tests, never by the program. */
const ASIDE = /^infra\/review\/|\.md$/;

/** The stacks whose plan a change of these files can alter, in the order given. */
export function stacksOfChange(
  files: readonly string[],
  stacks: readonly string[],
): readonly string[] {
  const program = files.some((file) => PROGRAM.test(file) && !ASIDE.test(file));
  return stacks.filter((stack) => program || files.includes(`Pulumi.${stack}.yaml`));
}
