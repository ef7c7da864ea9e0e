import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports of the named top-level folders from the given one: the direction of imports. */
function layer(folder, ...forbidden) {
  const group = forbidden.flatMap((name) => [
    `../${name}/**`,
    `../../${name}/**`,
    `../../../${name}/**`,
  ]);
  return {
    files: [`${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group, message: `${folder} must not import ${forbidden.join(', ')}.` }] },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['node_modules/', '.cache/', '**/*.cjs', '**/*.mjs', '*.config.js'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'no-template-curly-in-string': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // `pulumi.interpolate` exists because an Output in a plain template prints its toString.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  layer('infra', 'test', 'app', 'policies', 'sandbox', 'ops'),
  layer('stacks', 'infra', 'test', 'app', 'policies', 'sandbox', 'ops', 'stacks'),
  layer('components', 'infra', 'stacks', 'test', 'app', 'policies', 'sandbox', 'ops'),
  layer('policies', 'infra', 'stacks', 'components', 'test', 'app', 'sandbox', 'ops'),
  layer('app', 'infra', 'stacks', 'components', 'policies', 'sandbox', 'ops'),
  layer('sandbox', 'infra', 'stacks', 'components', 'policies', 'app', 'test', 'ops'),
);
