import { ConfigError } from '../errors.ts';

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/**
 * A Unix cron expression of five fields as Elasticsearch writes it: with seconds, days of the week
 * by name because they are counted from 1, and `?` for the one kind of day that does not count.
 */
export function elasticsearchCron(schedule: string): string {
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = schedule.split(/\s+/);
  if (day !== '*' && weekday !== '*') {
    const problem = `"${schedule}" names days of the month and of the week.`;
    throw new ConfigError('backup.schedule', problem, 'Elasticsearch takes one of them: drop one.');
  }
  const named = weekday.replace(/(?<!\/)\b[0-7]\b/g, (number) => DAYS[Number(number)] ?? number);
  const days = weekday === '*' ? [day, month, '?'] : ['?', month, named];
  return ['0', minute, hour, ...days].join(' ');
}
