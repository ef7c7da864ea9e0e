import { redactText } from './redact.ts';

const PATH =
  /(?:file:\/\/)?(?<![\w.:/-])\/(?:home|root|Users|tmp|var|opt|mnt|srv|usr|private|work|runner|builds|github|workspace)\/[^\s:)'"`,]*/g;
const TIME = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g;
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m|<\\{%[^%]*%\\}>`, 'g');

/** Somebody's text on one line, without secrets and without what differs per machine or minute. */
export function plain(text: string): string {
  return redactText(text)
    .replace(COLOURS, '')
    .replace(PATH, '(path)')
    .replace(TIME, '(time)')
    .replace(/\s+/g, ' ')
    .trim();
}

/** As prose in Markdown: nobody is mentioned, nothing is linked, no tag is opened by it. */
export function escaped(text: string): string {
  return plain(text)
    .replace(/[&<>@#]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(/[\\`*_[\]|~!]/g, '\\$&');
}

/** As code in Markdown. */
export function code(text: string): string {
  return `\`${plain(text).replaceAll('`', "'").replaceAll('|', '/')}\``;
}
