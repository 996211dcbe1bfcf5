import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { type Scope, useAllowed } from '../session/session';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';

/** The way from a list to what makes an entry of it, for who may. */
export function CreateLink({ to, title, scope }: { to: string; title: Text; scope: Scope }) {
  const t = useText();
  const allowed = useAllowed();
  if (!allowed(scope)) return null;
  return <Button component={Link} to={to}>{t(title)}</Button>;
}
