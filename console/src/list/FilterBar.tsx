import { NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useText } from '../texts/translate';
import type { FilterDeclaration } from './declaration';

interface FilterBarProps<Filter> {
  filters: readonly FilterDeclaration<Filter>[];
  values: Record<string, string>;
  onChange: (values: Record<string, string>) => void;
}

/** The filters of a list, each a field. */
export function FilterBar<Filter>({ filters, values, onChange }: FilterBarProps<Filter>) {
  const t = useText();
  return filters.map((filter) => {
    const value = values[filter.id] ?? '';
    const set = (next: string) => onChange({ ...values, [filter.id]: next });
    switch (filter.kind) {
      case 'flag':
        return (
          <NativeSelect
            key={filter.id}
            label={t(filter.title)}
            value={value}
            data={[{ value: '', label: t('Any') }, { value: 'yes', label: t('Yes') }, { value: 'no', label: t('No') }]}
            onChange={({ currentTarget }) => set(currentTarget.value)}
          />
        );
      case 'choice':
        return (
          <NativeSelect
            key={filter.id}
            label={t(filter.title)}
            value={value}
            data={[{ value: '', label: t('Any') }, ...filter.choices.map((choice) => ({ value: choice, label: choice }))]}
            onChange={({ currentTarget }) => set(currentTarget.value)}
          />
        );
      case 'since':
        return (
          <TextInput
            key={filter.id}
            type="date"
            label={t(filter.title)}
            value={value}
            onChange={({ currentTarget }) => set(currentTarget.value)}
          />
        );
      case 'text':
        return <TextFilter key={filter.id} label={t(filter.title)} value={value} onChange={set} />;
    }
  });
}

/** A filter that is typed: it holds from Enter or from leaving the field on. */
function TextFilter({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const done = () => typed !== value && onChange(typed.trim());
  return (
    <TextInput
      label={label}
      value={typed}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onBlur={done}
      onKeyDown={({ key }) => key === 'Enter' && done()}
    />
  );
}
