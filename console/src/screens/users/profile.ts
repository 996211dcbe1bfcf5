import type { Field } from '../../form/Fields';
import type { UpdateUserInput, UserProfileFragment } from '../../graph/generated/graphql';
import type { Text } from '../../texts/texts';

const texts = [
  'username', 'email', 'name', 'givenName', 'familyName', 'middleName', 'nickname', 'preferredUsername', 'gender',
  'birthdate', 'zoneinfo', 'locale', 'phoneNumber', 'website', 'profile', 'picture',
] as const;
const flags = [
  'verified', 'active', 'admin', 'requiresPasswordChange', 'phoneNumberVerified',
] as const;
const addressParts = [
  'streetAddress', 'postalCode', 'locality', 'region', 'country', 'formatted',
] as const;

type AddressField = `address:${(typeof addressParts)[number]}`;

/** A user as the fields of the form have it; the parts of the address have the names by which refusals call them. */
export type ProfileValues = Record<(typeof texts)[number] | AddressField, string> & Record<(typeof flags)[number], boolean>;

/** The fields of a user. */
export const profileGroups: readonly { title?: Text; fields: readonly Field<ProfileValues>[] }[] = [
  {
    fields: [
      { name: 'username', label: 'Username', kind: 'text', required: true },
      { name: 'email', label: 'E-mail address', kind: 'email', required: true },
      { name: 'verified', label: 'E-mail address is verified', kind: 'flag' },
      { name: 'active', label: 'Active', kind: 'flag' },
      { name: 'admin', label: 'Administrator', kind: 'flag' },
      { name: 'requiresPasswordChange', label: 'Must change the password', kind: 'flag' },
    ],
  },
  {
    title: 'Name',
    fields: [
      { name: 'name', label: 'Name', kind: 'text' },
      { name: 'givenName', label: 'Given name', kind: 'text' },
      { name: 'familyName', label: 'Family name', kind: 'text' },
      { name: 'middleName', label: 'Middle name', kind: 'text' },
      { name: 'nickname', label: 'Nickname', kind: 'text' },
      { name: 'preferredUsername', label: 'Preferred username', kind: 'text' },
    ],
  },
  {
    title: 'Contact',
    fields: [
      { name: 'phoneNumber', label: 'Phone number', kind: 'text' },
      { name: 'phoneNumberVerified', label: 'Phone number is verified', kind: 'flag' },
      { name: 'website', label: 'Website', kind: 'url' },
      { name: 'profile', label: 'Profile page', kind: 'url' },
      { name: 'picture', label: 'Picture', kind: 'url' },
    ],
  },
  {
    title: 'Person',
    fields: [
      { name: 'gender', label: 'Gender', kind: 'text' },
      { name: 'birthdate', label: 'Birthdate', kind: 'text' },
      { name: 'zoneinfo', label: 'Time zone', kind: 'text' },
      { name: 'locale', label: 'Language of the user', kind: 'text' },
    ],
  },
  {
    title: 'Address',
    fields: [
      { name: 'address:streetAddress', label: 'Street address', kind: 'lines' },
      { name: 'address:postalCode', label: 'Postal code', kind: 'text' },
      { name: 'address:locality', label: 'Town', kind: 'text' },
      { name: 'address:region', label: 'Region', kind: 'text' },
      { name: 'address:country', label: 'Country', kind: 'text' },
      { name: 'address:formatted', label: 'Address as one text', kind: 'lines' },
    ],
  },
];

/** The values of a user. */
export function profileOf(user: UserProfileFragment): ProfileValues {
  return Object.fromEntries([
    ...texts.map((name) => [name, user[name] ?? '']),
    ...flags.map((name) => [name, user[name]]),
    ...addressParts.map((part) => [`address:${part}`, user.address?.[part] ?? '']),
  ]) as ProfileValues;
}

/** The input that makes the changes. What was emptied becomes null, which removes it; a user always has a username and an address. */
export function profileInput(changes: Partial<ProfileValues>): Omit<UpdateUserInput, 'id'> {
  const input: Record<string, unknown> = {};
  const address: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(changes)) {
    const [first, part] = name.split(':');
    if (part) address[part] = value === '' ? null : String(value);
    else if (first) input[first] = value === '' && first !== 'username' && first !== 'email' ? null : value;
  }
  return Object.keys(address).length > 0 ? { ...input, address } : input;
}
