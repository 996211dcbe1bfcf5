import { Code, Group } from '@mantine/core';
import { ActionButton } from '../../app/ActionButton';
import { CreateLink } from '../../app/CreateLink';
import { Loaded } from '../../app/Loaded';
import { Page } from '../../app/Page';
import {
  DeleteIdentityProviderDocument,
  IdentityProvidersDocument,
  type ProviderStateFragment,
  UpdateIdentityProviderDocument,
} from '../../graph/generated/graphql';
import { useAllowed } from '../../session/session';
import { SmallTable } from '../../show/SmallTable';
import { YesNo } from '../../show/YesNo';
import { useText } from '../../texts/translate';
import { TestProvider } from './TestProvider';

/** Where people can sign in instead of here. */
export function ProviderList() {
  return (
    <Loaded title="Identity providers" document={IdentityProvidersDocument} variables={{}} thing={(data) => data.identityProviders}>
      {(providers, reread) => (
        <Page
          title="Identity providers"
          actions={<CreateLink to="/providers/new" title="Add identity provider" scope="admin:settings:write" />}
        >
          <SmallTable
            title="Identity providers"
            rows={providers}
            rowKey={({ id }) => id}
            columns={[
              ['Name', ({ name }) => name],
              ['Kind', ({ kind }) => <Code>{kind}</Code>],
              ['Issuer', ({ issuer }) => issuer],
              ['Redirect URI', ({ redirectUri }) => <Code>{redirectUri}</Code>],
              ['Enabled', ({ enabled }) => <YesNo value={enabled} />],
              ['Actions', (provider) => <ProviderActions provider={provider} onDone={reread} />],
            ]}
          />
        </Page>
      )}
    </Loaded>
  );
}

function ProviderActions({ provider, onDone }: { provider: ProviderStateFragment; onDone: () => void }) {
  const t = useText();
  const allowed = useAllowed();
  const { id, name, slug, enabled, version } = provider;
  if (!allowed('admin:settings:write')) return null;
  return (
    <Group gap="xs" wrap="nowrap">
      <TestProvider id={id} name={name} />
      {allowed('admin:admins:write') && (
        <>
          <ActionButton
            name={`enabled-${id}`}
            title={enabled ? 'Disable' : 'Enable'}
            warning={enabled ? t('Nobody can sign in by %s until it is enabled again.', name) : t('People can sign in by %s.', name)}
            document={UpdateIdentityProviderDocument}
            input={{ id, expectedVersion: version, enabled: !enabled }}
            done={() => t('Saved')}
            dangerous
          />
          <ActionButton
            name={`delete-${id}`}
            title="Delete"
            warning={t('A provider to which users are linked is not deleted. This cannot be undone.')}
            document={DeleteIdentityProviderDocument}
            input={{ id, expectedVersion: version }}
            done={() => t('Deleted: %s', name)}
            onDone={onDone}
            typed={slug}
            dangerous
          />
        </>
      )}
    </Group>
  );
}
