const started = Date.now();

/** Seconds as `75s` or `4m10s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 100 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** One progress line, with the time since the command began. */
export function report(line: string): void {
  console.log(`${duration(Date.now() - started).padStart(6)}  ${line}`);
}

/** Wall time of every finished task that took at least a second, in order of their end. */
export const timings: { readonly task: string; readonly milliseconds: number }[] = [];

/** Reports a task's start, a sign of life every 15 seconds, and its end with its time. */
export async function task<T>(name: string, work: () => Promise<T>): Promise<T> {
  const begin = Date.now();
  report(`${name} …`);
  const beat = setInterval(() => {
    report(`${name}: still at it after ${duration(Date.now() - begin)}`);
  }, 15_000);
  try {
    const result = await work();
    const milliseconds = Date.now() - begin;
    if (milliseconds >= 1000) {
      report(`${name}: done in ${duration(milliseconds)}`);
      timings.push({ task: name, milliseconds });
    }
    return result;
  } finally {
    clearInterval(beat);
  }
}
