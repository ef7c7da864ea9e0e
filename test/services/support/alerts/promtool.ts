import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For every test promtool makes a database on disk, and a third of its time is waiting for that. */
const scratch = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/**
 * What a program of Debian's Prometheus packages has against files, which are written as JSON, hence
 * YAML; empty when it is content.
 */
export function judge(
  program: 'promtool' | 'amtool',
  args: readonly string[],
  files: Readonly<Record<string, unknown>>,
): string {
  const folder = mkdtempSync(join(tmpdir(), `${program}-`));
  try {
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(folder, name), JSON.stringify(content));
    }
    const { status, error, stdout, stderr } = spawnSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: scratch },
    });
    if (error !== undefined) {
      const of = program === 'promtool' ? 'prometheus' : 'prometheus-alertmanager';
      throw new Error(`${program} is missing: "apt-get install ${of}", as \`make test\` does.`);
    }
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
