import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A migration that must not or could not be applied. Nothing of it stays in the database. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** `platform` makes the control schema, `tenant` the tables of every home. */
export type List = 'platform' | 'tenant';

export interface Migration {
  readonly version: string;
  readonly file: string;
  /** SHA-256 of the file that applies it. */
  readonly checksum: string;
  readonly text: string;
  /** What takes it back; undefined when the release has no `.down.sql` for it. */
  readonly down: string | undefined;
}

/** The migrations of a list, oldest first. */
export function readMigrations(directory: string, list: List): Migration[] {
  const folder = join(directory, list);
  return readdirSync(folder)
    .filter((file) => /^\d{4}_[a-z0-9_]+\.up\.sql$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      const down = join(folder, file.replace('.up.sql', '.down.sql'));
      return {
        version: file.slice(0, 4),
        file,
        checksum,
        text,
        down: existsSync(down) ? readFileSync(down, 'utf8') : undefined,
      };
    });
}
