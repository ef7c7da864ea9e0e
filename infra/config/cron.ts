const FIELDS = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12 },
  { name: 'day of the week', min: 0, max: 7 },
] as const;

/** The values a cron field stands for, or `undefined` when it is not a cron field. */
function expand(field: string, min: number, max: number): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:(\*)|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const [, star, first, last, every] = match;
    const step = every === undefined ? 1 : Number(every);
    const from = star === undefined ? Number(first) : min;
    // `5/15` means from 5 on, as in the operator's own parser.
    const open = star !== undefined || (every !== undefined && last === undefined);
    const to = open ? max : Number(last ?? first);
    if (step < 1 || from < min || to > max || from > to) return undefined;
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

/** What is wrong with a cron expression of five fields, or `undefined`. */
export function cronProblem(schedule: string): { problem: string; hint?: string } | undefined {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    const problem = `expected 5 cron fields, got ${fields.length}.`;
    if (fields.length !== 6)
      return { problem, hint: 'For example "0 2 * * *": at 2:00 every day.' };
    return { problem, hint: `Leave out the seconds: "${fields.slice(1).join(' ')}".` };
  }
  for (const [index, { name, min, max }] of FIELDS.entries()) {
    const field = fields[index] ?? '';
    if (expand(field, min, max) === undefined) {
      return { problem: `"${field}" is no ${name} (${min}-${max}, *, */n, a-b or a list).` };
    }
  }
  return undefined;
}

/** The longest time between two runs of a valid five-field cron expression, in whole days. */
export function longestGapDays(schedule: string): number {
  const fields = schedule.trim().split(/\s+/);
  const [, , days, months, weekdays] = FIELDS.map(({ min, max }, index) =>
    expand(fields[index] ?? '', min, max),
  );
  const anyDay = fields[2] === '*';
  const anyWeekday = fields[4] === '*';
  let last: number | undefined;
  let longest = 0;
  // Five years hold every leap-day and weekday pattern that a yearly schedule can meet.
  for (let day = 0; day < 5 * 366; day += 1) {
    const date = new Date(Date.UTC(2024, 0, 1 + day));
    const inMonth = months?.has(date.getUTCMonth() + 1) === true;
    const onDay = days?.has(date.getUTCDate()) === true;
    const weekday = date.getUTCDay();
    const onWeekday =
      weekdays?.has(weekday) === true || (weekday === 0 && weekdays?.has(7) === true);
    // Cron's own rule: two restricted day fields are alternatives, otherwise both must hold.
    const matches = anyDay || anyWeekday ? onDay && onWeekday : onDay || onWeekday;
    if (!inMonth || !matches) continue;
    if (last !== undefined) longest = Math.max(longest, day - last);
    last = day;
  }
  // A schedule that never runs twice in five years keeps no backup fresh.
  return longest === 0 ? Number.POSITIVE_INFINITY : longest;
}

/** How often a valid five-field cron expression runs on a day on which it runs. */
export function runsPerDay(schedule: string): number {
  const fields = schedule.trim().split(/\s+/);
  const [minutes, hours] = FIELDS.map(({ min, max }, index) =>
    expand(fields[index] ?? '', min, max),
  );
  return (minutes?.size ?? 0) * (hours?.size ?? 0);
}
