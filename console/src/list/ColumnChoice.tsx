import { Button, Checkbox, Popover, Stack } from '@mantine/core';
import { useText } from '../texts/translate';
import type { Column } from './declaration';

interface ColumnChoiceProps<Row, Field> {
  columns: readonly Column<Row, Field>[];
  visible: readonly string[];
  onChange: (columns: string[]) => void;
}

/** Chooses which columns a list shows. The first stays: it names the row. */
export function ColumnChoice<Row, Field>({ columns, visible, onChange }: ColumnChoiceProps<Row, Field>) {
  const t = useText();
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default">{t('Columns')}</Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('Columns')}>
        <Stack gap="xs">
          {columns.map(({ id, title }, index) => (
            <Checkbox
              key={id}
              label={t(title)}
              checked={visible.includes(id)}
              disabled={index === 0}
              onChange={({ currentTarget }) =>
                onChange(columns.map((column) => column.id).filter((other) => (other === id ? currentTarget.checked : visible.includes(other))))
              }
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
