import { type MantineColorScheme, NativeSelect, useMantineColorScheme } from '@mantine/core';
import { useText } from '../texts/translate';

/** Light, dark, or what the system has. */
export function SchemeChoice() {
  const t = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      size="xs"
      label={t('Colours')}
      value={colorScheme}
      data={[{ value: 'auto', label: t('As the system') }, { value: 'light', label: t('Light') }, { value: 'dark', label: t('Dark') }]}
      onChange={({ currentTarget }) => setColorScheme(currentTarget.value as MantineColorScheme)}
    />
  );
}
