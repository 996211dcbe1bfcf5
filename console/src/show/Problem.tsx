import { Alert, Button, Text as Words } from '@mantine/core';
import type { CombinedError } from 'urql';
import { describe } from '../graph/problems';
import { useText } from '../texts/translate';

/** An error in the place of what could not be read. */
export function Problem({ error, onRetry }: { error: CombinedError; onRetry?: () => void }) {
  const t = useText();
  const { text, detail } = describe(error);
  return (
    <Alert color="red" role="alert" title={t(text)}>
      {detail && <Words size="sm" lang="en">{detail}</Words>}
      {onRetry && <Button mt="sm" size="xs" variant="default" onClick={onRetry}>{t('Try again')}</Button>}
    </Alert>
  );
}
