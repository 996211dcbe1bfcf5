import { Group, Progress } from '@mantine/core';
import { useText } from '../../texts/translate';

/** How far a job has come, as a bar and as a number. */
export function JobProgress({ percent }: { percent: number }) {
  const t = useText();
  return (
    <Group gap="xs" wrap="nowrap">
      <Progress value={percent} w={96} aria-label={t('Progress')} />
      {`${percent} %`}
    </Group>
  );
}
