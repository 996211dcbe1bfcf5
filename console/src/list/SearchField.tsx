import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useText } from '../texts/translate';
import classes from './list.module.css';

const pause = 150;

/** Searches as one types: a request that another letter overtakes is cancelled. */
export function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useText();
  const [typed, setTyped] = useState(value);
  const search = useDebouncedCallback(onChange, pause);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      className={classes.search}
      type="search"
      label={t('Search')}
      value={typed}
      maxLength={100}
      data-search
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        search(currentTarget.value);
      }}
    />
  );
}
