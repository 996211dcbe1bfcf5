import { notifyDone } from '../../app/notices';
import { EditForm, type Saved, type Version, savedOf } from '../../form/EditForm';
import { type ClientProfileFragment, UpdateClientDocument } from '../../graph/generated/graphql';
import { useAction } from '../../graph/useAction';
import { useAllowed } from '../../session/session';
import { useText } from '../../texts/translate';
import { type ClientValues, changesOf, clientGroups, valuesOf } from './clientForm';

const versionOf = (client: ClientProfileFragment): Version<ClientValues> => ({ version: client.version, values: valuesOf(client) });

/** The registration of an application, to be changed. */
export function ClientSettings({ client }: { client: ClientProfileFragment }) {
  const t = useText();
  const allowed = useAllowed();
  const { run } = useAction(UpdateClientDocument, { atFields: true });

  async function save(changes: Partial<ClientValues>, expectedVersion: number): Promise<Saved<ClientValues>> {
    const result = changesOf(changes);
    if ('fault' in result) {
      return { errors: [{ code: 'INVALID_INPUT', message: t('This cannot be read.'), path: ['input', result.fault] }], now: null };
    }
    const outcome = await run({ id: client.id, expectedVersion, ...result.input });
    if (outcome.ok) notifyDone(t('Saved'));
    return savedOf(outcome, (payload) => payload.client && versionOf(payload.client));
  }

  return (
    <EditForm initial={versionOf(client)} groups={clientGroups} readOnly={!allowed('admin:clients:write') || client.builtIn} save={save} />
  );
}
