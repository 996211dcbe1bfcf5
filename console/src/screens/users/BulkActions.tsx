import { BulkDeleteUsersDocument, BulkRevokeSessionsDocument, BulkUpdateUsersDocument } from '../../graph/generated/graphql';
import { BulkButton } from '../../list/BulkButton';
import type { BulkActionProps } from '../../list/declaration';
import { useAllowed } from '../../session/session';
import type { UserRow } from './UserList';

/** What can be done to the users that are selected. */
export function BulkActions(props: BulkActionProps<UserRow>) {
  const allowed = useAllowed();
  const common = { ...props, rowName: ({ username }: UserRow) => username };
  return (
    <>
      {allowed('admin:users:write') && (
        <>
          <BulkButton {...common} name="activate" title="Activate" document={BulkUpdateUsersDocument} input={(ids) => ({ ids, active: true })} />
          <BulkButton {...common} name="deactivate" title="Deactivate" document={BulkUpdateUsersDocument} input={(ids) => ({ ids, active: false })} />
        </>
      )}
      {allowed('admin:sessions:write') && (
        <BulkButton {...common} name="end-sessions" title="End sessions" document={BulkRevokeSessionsDocument} input={(ids) => ({ ids })} />
      )}
      {allowed('admin:users:write') && (
        <BulkButton
          {...common}
          name="delete"
          title="Delete"
          document={BulkDeleteUsersDocument}
          input={(ids) => ({ ids })}
          loss="Their sessions, grants and consents end. This cannot be undone."
        />
      )}
    </>
  );
}
