import { useContext } from 'react';
import { LanguageContext } from '../texts/translate';

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago a time is, or how far ahead, in the words of a language. */
export function relativeTime(at: number, now: number, language: string): string {
  const seconds = Math.round((at - now) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(seconds, 'second');
}

/** A time in the zone of the viewer: relative, with the exact one on hover. */
export function Time({ at }: { at: string | null | undefined }) {
  const { language } = useContext(LanguageContext);
  if (!at) return '–';
  const date = new Date(at);
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' }).format(date);
  return (
    <time dateTime={at} title={exact}>{relativeTime(date.getTime(), Date.now(), language)}</time>
  );
}
