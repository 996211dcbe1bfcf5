import { Button, Text as Words } from '@mantine/core';
import type { Action } from '../../graph/useAction';
import { useAction } from '../../graph/useAction';
import { Confirm } from '../../app/Confirm';
import { notifyDone, notifyRefusals } from '../../app/notices';
import { useDialog } from '../../app/useDialog';
import { BulkDeleteUsersDocument, BulkRevokeSessionsDocument, BulkUpdateUsersDocument, type BulkUsersFragment } from '../../graph/generated/graphql';
import type { BulkActionProps } from '../../list/declaration';
import { useAllowed } from '../../session/session';
import type { Text } from '../../texts/texts';
import { useText } from '../../texts/translate';
import type { UserRow } from './UserList';

interface BulkButtonProps<Input> extends BulkActionProps<UserRow> {
  name: string;
  title: Text;
  document: Action<Partial<Record<string, BulkUsersFragment | null>>, Input>;
  input: (ids: string[]) => Input;
  /** It cannot be undone: the person types the number. */
  final?: boolean;
}

/** What can be done to the users that are selected. */
export function BulkActions(props: BulkActionProps<UserRow>) {
  const allowed = useAllowed();
  return (
    <>
      {allowed('admin:users:write') && (
        <>
          <BulkButton {...props} name="activate" title="Activate" document={BulkUpdateUsersDocument} input={(ids) => ({ ids, active: true })} />
          <BulkButton {...props} name="deactivate" title="Deactivate" document={BulkUpdateUsersDocument} input={(ids) => ({ ids, active: false })} />
        </>
      )}
      {allowed('admin:sessions:write') && (
        <BulkButton {...props} name="end-sessions" title="End sessions" document={BulkRevokeSessionsDocument} input={(ids) => ({ ids })} />
      )}
      {allowed('admin:users:write') && (
        <BulkButton {...props} name="delete" title="Delete" document={BulkDeleteUsersDocument} input={(ids) => ({ ids })} final />
      )}
    </>
  );
}

function BulkButton<Input>({ rows, onDone, name, title, document, input, final }: BulkButtonProps<Input>) {
  const t = useText();
  const dialog = useDialog(name, { dangerous: final });
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
      <Button size="xs" variant={final ? 'outline' : 'default'} color={final ? 'red' : undefined} onClick={dialog.open}>{t(title)}</Button>
      <Confirm dialog={dialog} title={title} typed={final ? String(rows.length) : undefined} busy={busy} onConfirm={() => void confirm()}>
        <Words size="sm">{rows.slice(0, 20).map(({ username }) => username).join(', ')}{rows.length > 20 && ' …'}</Words>
        {final && <Words size="sm">{t('Their sessions, grants and consents end. This cannot be undone.')}</Words>}
      </Confirm>
    </>
  );
}
