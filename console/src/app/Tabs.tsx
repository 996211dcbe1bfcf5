import { Tabs as MantineTabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

export interface Tab {
  id: string;
  title: Text;
  content: () => ReactNode;
}

/** The tabs of one thing, each with an address below that of the thing. Only the one that is shown is rendered. */
export function Tabs({ base, tabs }: { base: string; tabs: readonly Tab[] }) {
  const t = useText();
  const navigate = useNavigate();
  const wanted = useParams()['tab'];
  const present = tabs.find(({ id }) => id === wanted) ?? tabs[0];
  if (!present) return null;
  return (
    <MantineTabs value={present.id} onChange={(id) => void navigate(`${base}/${id ?? ''}`)} activateTabWithKeyboard={false} keepMounted={false}>
      <MantineTabs.List mb="md">
        {tabs.map(({ id, title }) => (
          <MantineTabs.Tab key={id} value={id}>{t(title)}</MantineTabs.Tab>
        ))}
      </MantineTabs.List>
      <MantineTabs.Panel value={present.id}>{present.content()}</MantineTabs.Panel>
    </MantineTabs>
  );
}
