import { Button, Group, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import { UserChoicesDocument } from '../../graph/generated/graphql';
import type { Text } from '../../texts/texts';
import { useText } from '../../texts/translate';

interface UserPickerProps {
  title: Text;
  busy: boolean;
  onPick: (id: string) => void;
}

const pause = 150;

/** Finds one user among many by typing, and does something with them. */
export function UserPicker({ title, busy, onPick }: UserPickerProps) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const [picked, setPicked] = useState<string | null>(null);
  const [search] = useDebouncedValue(typed.trim(), pause);
  const [{ data }] = useQuery({ query: UserChoicesDocument, variables: { search }, pause: search === '' });
  const choices = data?.users?.nodes.map(({ id, username, email }) => ({ value: id, label: `${username} · ${email}` })) ?? [];
  return (
    <Group align="end">
      <Select
        label={t('User')}
        searchable
        data={choices}
        filter={({ options }) => options}
        value={picked}
        onChange={setPicked}
        searchValue={typed}
        onSearchChange={setTyped}
        nothingFoundMessage={t('Nothing here')}
        flex="1 1 14rem"
        maw={400}
      />
      <Button
        disabled={!picked}
        loading={busy}
        onClick={() => {
          if (picked) onPick(picked);
          setPicked(null);
          setTyped('');
        }}
      >
        {t(title)}
      </Button>
    </Group>
  );
}
