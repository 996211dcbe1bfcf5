import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { ActionButton } from '../../app/ActionButton';
import { type ClientQuery, DeleteClientDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useAllowed } from '../../session/session';
import { useText } from '../../texts/translate';

/** Deletes an application, after saying what is in use of it. */
export function DeleteClient({ client }: { client: NonNullable<ClientQuery['client']> }) {
  const t = useText();
  const allowed = useAllowed();
  const navigate = useNavigate();
  if (!allowed('admin:clients:write')) return null;
  return (
    <ActionButton
      name="delete"
      title="Delete"
      warning={<InUse id={client.id} />}
      document={DeleteClientDocument}
      input={{ id: client.id, expectedVersion: client.version }}
      done={() => t('Deleted: %s', client.clientId)}
      onDone={() => void navigate('/applications', { replace: true })}
      typed={client.clientId}
      dangerous
    />
  );
}

/** What would end with an application: the report of a dry run. */
function InUse({ id }: { id: string }) {
  const t = useText();
  const { run } = useAction(DeleteClientDocument);
  const [report, setReport] = useState('');
  useEffect(() => {
    void run({ id, dryRun: true }).then(({ payload }) => {
      const use = payload?.inUse;
      if (use) setReport(t('Grants: %s, consents: %s, sessions: %s', use.grants.value, use.consents.value, use.sessions.value));
    });
  }, [id, run, t]);
  return (
    <>
      {t('What is in use ends with it. This cannot be undone.')}
      <br />
      {report}
    </>
  );
}
