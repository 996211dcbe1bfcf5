import { Button, Text as Words } from '@mantine/core';
import { Confirm } from '../app/Confirm';
import { notifyDone, notifyRefusals } from '../app/notices';
import { useDialog } from '../app/useDialog';
import type { UserError } from '../graph/problems';
import { type Action, useAction } from '../graph/useAction';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';
import type { BulkActionProps } from './declaration';

/** What a mutation says that concerns many. */
export interface BulkPayload {
  changed: number;
  unchanged: number;
  refused: number;
  userErrors: UserError[];
}

interface BulkButtonProps<Row extends { id: string }, Input> extends BulkActionProps<Row> {
  name: string;
  title: Text;
  rowName: (row: Row) => string;
  document: Action<Partial<Record<string, BulkPayload | null>>, Input>;
  input: (ids: string[]) => Input;
  /** What is lost when it cannot be undone: the person types the number of rows. */
  loss?: Text;
}

const shown = 20;

/** Does one thing to all rows that are selected, and says to how many it was done. */
export function BulkButton<Row extends { id: string }, Input>(props: BulkButtonProps<Row, Input>) {
  const { rows, onDone, name, title, rowName, document, input, loss } = props;
  const t = useText();
  const dialog = useDialog(name);
  const { run, busy } = useAction(document, { atFields: true });

  async function confirm() {
    const outcome = await run(input(rows.map(({ id }) => id)));
    if (!outcome.payload) return;
    dialog.close();
    const { changed, unchanged, refused } = outcome.payload;
    notifyDone(t('Changed: %s, unchanged: %s, refused: %s', changed, unchanged, refused));
    if (!outcome.ok) notifyRefusals(outcome.errors);
    onDone();
  }

  return (
    <>
      <Button size="xs" variant={loss ? 'outline' : 'default'} color={loss && 'red'} onClick={dialog.open}>{t(title)}</Button>
      <Confirm dialog={dialog} title={title} typed={loss && String(rows.length)} busy={busy} onConfirm={() => void confirm()}>
        <Words size="sm">{rows.slice(0, shown).map(rowName).join(', ')}{rows.length > shown && ' …'}</Words>
        {loss && <Words size="sm">{t(loss)}</Words>}
      </Confirm>
    </>
  );
}
