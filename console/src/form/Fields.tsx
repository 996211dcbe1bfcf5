import { Checkbox, NativeSelect, TextInput, Textarea } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { type Label, useLabel } from '../texts/label';
import type { Values } from './changes';

export type FieldKind = 'text' | 'flag' | 'lines' | 'date' | 'email' | 'url' | 'password' | 'number' | 'json' | 'choice';

export interface Field<V extends Values> {
  name: keyof V & string;
  label: Label;
  kind: FieldKind;
  required?: boolean;
  /** What the schema says of it, in English. */
  help?: string;
  autoComplete?: string;
  /** Of a choice: what can be chosen, as the API calls it. */
  choices?: readonly string[];
}

/** The fields of a form, by their declaration. */
export function Fields<V extends Values>({ form, fields, readOnly }: { form: UseFormReturnType<V>; fields: readonly Field<V>[]; readOnly?: boolean }) {
  const words = useLabel();
  return fields.map(({ name, label, kind, required, help, autoComplete, choices }) => {
    const common = {
      label: words(label),
      description: help && <span lang="en">{help}</span>,
      ...form.getInputProps(name, { type: kind === 'flag' ? 'checkbox' : 'input' }),
    };
    switch (kind) {
      case 'flag':
        return <Checkbox key={name} {...common} disabled={readOnly} />;
      case 'lines':
      case 'json':
        return <Textarea key={name} {...common} required={required} readOnly={readOnly} autosize minRows={1} maxRows={12} />;
      case 'choice':
        return <NativeSelect key={name} {...common} data={choices ? [...choices] : []} disabled={readOnly} />;
      default:
        return <TextInput key={name} {...common} type={kind} required={required} readOnly={readOnly} autoComplete={autoComplete ?? 'off'} />;
    }
  });
}
