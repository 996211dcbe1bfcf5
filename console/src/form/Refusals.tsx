import { Alert, Text as Words } from '@mantine/core';
import type { UserError } from '../graph/problems';
import { useText } from '../texts/translate';

/** The refusals of a form that belong to none of its fields. */
export function Refusals({ errors }: { errors: readonly UserError[] }) {
  const t = useText();
  if (errors.length === 0) return null;
  return (
    <Alert color="red" role="alert" title={t('That was not done.')}>
      {errors.map(({ message }) => <Words key={message} size="sm" lang="en">{message}</Words>)}
    </Alert>
  );
}
