import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'react-router';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

interface PageProps {
  title: Text;
  /** The name of the one thing that the page is of. */
  subject?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A screen: its title, which is that of the window too and takes the focus after a navigation, its actions and what it has. */
export function Page({ title, subject, actions, children }: PageProps) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  const arrivedBy = useRef(key);
  const words = t(title);

  useEffect(() => {
    document.title = `${subject ? `${subject} · ` : ''}${words} · Authly`;
  }, [subject, words]);
  useEffect(() => {
    // The first page of a visit leaves the focus where browsers put it.
    if (arrivedBy.current !== 'default') heading.current?.focus();
  }, []);

  return (
    <Stack gap="md">
      <Group justify="space-between" align="center">
        <Title order={1} size="h2" ref={heading} tabIndex={-1}>{subject ?? words}</Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
