import { Button } from '@mantine/core';
import { useState } from 'react';
import { useClient } from 'urql';
import { notifyDone, notifyProblem, notifyRefusals } from '../../app/notices';
import { TestIdentityProviderDocument } from '../../graph/generated/graphql';
import { useText } from '../../texts/translate';

/** Asks an identity provider for its metadata and its keys, and says what is wrong with them. */
export function TestProvider({ id, name }: { id: string; name: string }) {
  const t = useText();
  const client = useClient();
  const [busy, setBusy] = useState(false);

  async function test() {
    setBusy(true);
    const { data, error } = await client.query(TestIdentityProviderDocument, { id }, { requestPolicy: 'network-only' }).toPromise();
    setBusy(false);
    const result = data?.testIdentityProvider;
    if (error) notifyProblem(error);
    else if (result?.problem) notifyRefusals([{ code: 'VALIDATION_FAILED', message: result.problem }]);
    else if (result) notifyDone(t('%s can be used.', name));
  }

  return <Button size="xs" variant="default" loading={busy} onClick={() => void test()}>{t('Test')}</Button>;
}
