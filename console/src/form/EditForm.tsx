import { Button, Group, Stack, Text as Words } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useRef, useState } from 'react';
import { useBlocker } from 'react-router';
import { type UserError, byField } from '../graph/problems';
import type { Outcome } from '../graph/useAction';
import type { Text } from '../texts/texts';
import type { Label } from '../texts/label';
import { useText } from '../texts/translate';
import { Conflict } from './Conflict';
import { type Values, changedFields, rebase } from './changes';
import { type Field, Fields } from './Fields';
import { focusFirstFault } from './focusFirstFault';
import { Refusals } from './Refusals';

/** One state of the thing that a form changes. */
export interface Version<V> {
  version: number;
  values: V;
}

/** What became of an attempt to save: the errors, none when it was saved and null when nobody knows, and the thing as it is now. */
export interface Saved<V> {
  errors: readonly UserError[] | null;
  now: Version<V> | null;
}

/** What an outcome of a mutation means for the form. */
export function savedOf<Payload, V>(outcome: Outcome<Payload>, now: (payload: Payload) => Version<V> | null | undefined): Saved<V> {
  if (!outcome.payload) return { errors: null, now: null };
  return { errors: outcome.ok ? [] : outcome.errors, now: now(outcome.payload) ?? null };
}

interface EditFormProps<V extends Values> {
  /** What the form begins with. Another thing wants another key. */
  initial: Version<V>;
  groups: readonly { title?: Text; fields: readonly Field<V>[] }[];
  readOnly: boolean;
  /** Saves the changed fields if the thing still has the version. */
  save: (changes: Partial<V>, expectedVersion: number) => Promise<Saved<V>>;
}

/** Changes a thing that others may change at the same time: nobody's change is lost silently. */
export function EditForm<V extends Values>({ initial, groups, readOnly, save }: EditFormProps<V>) {
  const t = useText();
  const element = useRef<HTMLFormElement>(null);
  const [base, setBase] = useState(initial);
  const [theirs, setTheirs] = useState<Version<V> | null>(null);
  const [busy, setBusy] = useState(false);
  const [others, setOthers] = useState<readonly UserError[]>([]);
  const form = useForm<V>({ initialValues: initial.values });
  const fields = groups.flatMap((group) => group.fields);
  const changed = changedFields(base.values, form.values);
  useBlocker(({ currentLocation, nextLocation }) => {
    const leaves = currentLocation.pathname !== nextLocation.pathname;
    return leaves && changed.length > 0 && !window.confirm(t('Leave without saving?'));
  });

  async function submit(values: V, over: Version<V>) {
    const changes = Object.fromEntries(changedFields(over.values, values).map((name) => [name, values[name]])) as Partial<V>;
    setBusy(true);
    const { errors, now } = await save(changes, over.version);
    setBusy(false);
    if (errors === null) return;
    if (now && errors.some(({ code }) => code === 'VERSION_CONFLICT')) {
      setTheirs(now);
      return;
    }
    const { atFields, others: rest } = byField(errors, new Set(fields.map(({ name }) => name)));
    form.setErrors(atFields);
    setOthers(rest);
    if (errors.length > 0) focusFirstFault(element.current);
    else if (now) begin(now);
  }

  function begin(version: Version<V>, values: V = version.values) {
    setBase(version);
    setTheirs(null);
    form.setValues(values);
  }

  const labels = Object.fromEntries(fields.map(({ name, label }) => [name, label])) as Record<keyof V, Label>;
  return (
    <form ref={element} noValidate onSubmit={form.onSubmit((values) => submit(values, base))}>
      <Stack maw={640}>
        {groups.map((group, index) => (
          <Stack key={group.title ?? index} component="fieldset" gap="sm" bd="none" p={0} m={0}>
            {group.title && <Words component="legend" fw={700}>{t(group.title)}</Words>}
            <Fields form={form} fields={group.fields} readOnly={readOnly} />
          </Stack>
        ))}
        <Refusals errors={others} />
        {!readOnly && (
          <Group>
            <Button type="submit" loading={busy} disabled={changed.length === 0}>{t('Save')}</Button>
            <Button variant="default" disabled={changed.length === 0} onClick={() => begin(base)}>{t('Discard changes')}</Button>
          </Group>
        )}
      </Stack>
      <Conflict
        labels={labels}
        before={base.values}
        theirs={theirs?.values ?? null}
        yours={form.values}
        onTakeTheirs={() => theirs && begin(theirs)}
        onPutYours={() => theirs && begin(theirs, rebase(base.values, theirs.values, form.values))}
      />
    </form>
  );
}
