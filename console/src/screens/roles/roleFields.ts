import type { Field } from '../../form/Fields';

export type RoleValues = Record<'name' | 'description' | 'adminScopes', string>;

/** The fields of a role of the server. */
export const roleFields: readonly Field<RoleValues>[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true },
  { name: 'description', label: 'Description', kind: 'text' },
  { name: 'adminScopes', label: 'Scopes of administration, one a line', kind: 'lines' },
];
