import { Button, Group, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type ReactNode, useRef, useState } from 'react';
import { type UserError, byField } from '../graph/problems';
import type { Text } from '../texts/texts';
import { useText } from '../texts/translate';
import type { Values } from './changes';
import { type Field, Fields } from './Fields';
import { focusFirstFault } from './focusFirstFault';
import { Refusals } from './Refusals';

interface CreateFormProps<V extends Values> {
  initial: V;
  fields: readonly Field<V>[];
  submitLabel: Text;
  busy: boolean;
  children?: ReactNode;
  /** Returns what the server refused; nothing when it is done. */
  create: (values: V) => Promise<readonly UserError[]>;
}

/** Makes a thing: all faults stand at their fields at once, and the first has the focus. */
export function CreateForm<V extends Values>({ initial, fields, submitLabel, busy, children, create }: CreateFormProps<V>) {
  const t = useText();
  const element = useRef<HTMLFormElement>(null);
  const [others, setOthers] = useState<readonly UserError[]>([]);
  const form = useForm<V>({ initialValues: initial });

  async function submit(values: V) {
    const refused = byField(await create(values), new Set(fields.map(({ name }) => name)));
    form.setErrors(refused.atFields);
    setOthers(refused.others);
    if (Object.keys(refused.atFields).length > 0) focusFirstFault(element.current);
  }

  return (
    <form ref={element} noValidate onSubmit={form.onSubmit(submit)}>
      <Stack maw={640}>
        {children}
        <Fields form={form} fields={fields} />
        <Refusals errors={others} />
        <Group>
          <Button type="submit" loading={busy}>{t(submitLabel)}</Button>
        </Group>
      </Stack>
    </form>
  );
}
