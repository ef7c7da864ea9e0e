import { randomInt } from 'node:crypto';

export interface CharacterRules {
  readonly length: number;
  readonly lower: boolean;
  readonly upper: boolean;
  readonly numeric: boolean;
  readonly special: boolean;
  readonly minLower: number;
  readonly minUpper: number;
  readonly minNumeric: number;
  readonly minSpecial: number;
  /** Replaces the official set of special characters. */
  readonly overrideSpecial: string | undefined;
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const NUMERIC = '0123456789';
const SPECIAL = '!@#$%&*()-_=+[]{}<>:?';

/** Why no string can follow the rules; undefined when one can. */
export function contradiction(rules: CharacterRules): string | undefined {
  const minimum = rules.minLower + rules.minUpper + rules.minNumeric + rules.minSpecial;
  if (rules.length < 1) return `must be at least 1, got ${rules.length}.`;
  if (rules.length < minimum) {
    return `${rules.length} is less than the sum of minLower, minUpper, minNumeric and minSpecial, ${minimum}.`;
  }
  return alphabet(rules) === '' ? 'needs at least one class of characters.' : undefined;
}

/** A random string in which every allowed character is equally likely beyond the minimum counts. */
export function randomCharacters(rules: CharacterRules): string {
  const special = rules.overrideSpecial ?? SPECIAL;
  const minimum = [
    ...pick(LOWER, rules.minLower),
    ...pick(UPPER, rules.minUpper),
    ...pick(NUMERIC, rules.minNumeric),
    ...pick(special, rules.minSpecial),
  ];
  const rest = pick(alphabet(rules), rules.length - minimum.length);
  return shuffle(minimum.concat(rest)).join('');
}

function alphabet(rules: CharacterRules): string {
  return [
    rules.lower ? LOWER : '',
    rules.upper ? UPPER : '',
    rules.numeric ? NUMERIC : '',
    rules.special ? (rules.overrideSpecial ?? SPECIAL) : '',
  ].join('');
}

// `randomInt` rejects samples instead of folding them, so no character is favoured.
function pick(from: string, count: number): string[] {
  const characters = [...from];
  return Array.from({ length: count }, () => characters[randomInt(characters.length)] as string);
}

// Without it the characters that meet the minimum counts would always come first.
function shuffle(characters: string[]): string[] {
  const shuffled = [...characters];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other] as string, shuffled[last] as string];
  }
  return shuffled;
}
