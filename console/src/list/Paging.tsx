import { Button, Group, NativeSelect } from '@mantine/core';
import { useText } from '../texts/translate';
import type { PageInfo } from './declaration';
import { type ListState, pageSizes } from './listState';

interface PagingProps {
  info: PageInfo;
  size: number;
  onPage: (page: ListState['page']) => void;
  onSize: (size: number) => void;
}

/** Turns pages in both directions. Pages are read by key, so that no page is dearer than another. */
export function Paging({ info, size, onPage, onSize }: PagingProps) {
  const t = useText();
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = info;
  return (
    <Group component="nav" aria-label={t('Pages')} justify="space-between" align="end">
      <Group gap="xs">
        <Button variant="default" disabled={!hasPreviousPage} onClick={() => onPage(null)}>{t('First')}</Button>
        <Button variant="default" disabled={!hasPreviousPage || !startCursor} onClick={() => onPage({ before: startCursor ?? '' })}>
          {t('Previous')}
        </Button>
        <Button variant="default" disabled={!hasNextPage || !endCursor} onClick={() => onPage({ after: endCursor ?? '' })}>{t('Next')}</Button>
      </Group>
      <NativeSelect
        label={t('Rows per page')}
        value={String(size)}
        data={pageSizes.map(String)}
        onChange={({ currentTarget }) => onSize(Number(currentTarget.value))}
      />
    </Group>
  );
}
