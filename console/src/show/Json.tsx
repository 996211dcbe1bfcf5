import { Code } from '@mantine/core';
import { useText } from '../texts/translate';

/** Data as the API gives it. */
export function Json({ value }: { value: unknown }) {
  const t = useText();
  return (
    <Code block tabIndex={0} role="region" aria-label={t('Raw JSON')}>
      {JSON.stringify(value, (name, field: unknown) => (name === '__typename' ? undefined : field), 2)}
    </Code>
  );
}
