import { Title } from '@mantine/core';
import { useContext } from 'react';
import type { Text } from '../texts/texts';
import { LanguageContext, useText } from '../texts/translate';
import classes from './Days.module.css';

interface DaysProps {
  title: Text;
  days: readonly { day: string; good: number; bad: number }[];
  good: Text;
  bad: Text;
}

/** Two numbers a day, as a table whose cells have bars: it reads without colour, and aloud. */
export function Days({ title, days, good, bad }: DaysProps) {
  const t = useText();
  const { language } = useContext(LanguageContext);
  const format = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const most = Math.max(1, ...days.flatMap((day) => [day.good, day.bad]));
  return (
    <section>
      <Title order={2} size="h4" mb="xs">{t(title)}</Title>
      <div className={classes.scroll} role="region" aria-label={t(title)} tabIndex={0}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t('Day')}</th>
              <th scope="col">{t(good)}</th>
              <th scope="col">{t(bad)}</th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <th scope="row">{format.format(new Date(day.day))}</th>
                <td><Bar value={day.good} most={most} /></td>
                <td><Bar value={day.bad} most={most} striped /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Bar({ value, most, striped }: { value: number; most: number; striped?: boolean }) {
  return (
    <span className={classes.cell}>
      <span className={classes.number}>{value}</span>
      <span className={striped ? classes.striped : classes.bar} style={{ inlineSize: `${(value / most) * 60}%` }} aria-hidden="true" />
    </span>
  );
}
