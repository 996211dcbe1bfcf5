import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Anchor, Stack } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { notifyDone } from '../../app/notices';
import { type Action, useAction } from '../../graph/useAction';
import { BulkButton, type BulkPayload } from '../../list/BulkButton';
import type { BulkActionProps, Connection, ListDeclaration, PageVariables } from '../../list/declaration';
import { List } from '../../list/ListScreen';
import type { Text } from '../../texts/texts';
import { useText } from '../../texts/translate';
import { UserPicker } from './UserPicker';

interface Member {
  id: string;
  username: string;
  name: string;
  email: string;
}

/** A mutation that takes users in or out. */
export interface MemberChange<Input> {
  title: Text;
  document: Action<Partial<Record<string, BulkPayload | null>>, Input>;
  input: (userIds: string[]) => Input;
}

interface MembersProps<Data, Field extends string, Added, Removed> {
  title: Text;
  teach: Text;
  /** The id of what the users belong to. */
  id: string;
  document: TypedDocumentNode<Data, PageVariables<object, Field> & { id: string }>;
  connection: (data: Data) => Connection<Member> | null | undefined;
  order: Field;
  /** Undefined for who may only look. */
  changes?: { add: MemberChange<Added>; remove: MemberChange<Removed> };
}

/** The users who belong to something, with a way in and a way out. Give it another key for another thing: what it gets is not followed. */
export function Members<Data, Field extends string, Added, Removed>(props: MembersProps<Data, Field, Added, Removed>) {
  const [list] = useState(() => declare(props));
  return (
    <Stack>
      {props.changes && <Addition change={props.changes.add} />}
      <List list={list} />
    </Stack>
  );
}

function Addition<Input>({ change: { title, document, input } }: { change: MemberChange<Input> }) {
  const t = useText();
  const { run, busy } = useAction(document);
  const add = (id: string) => run(input([id])).then(({ ok }) => ok && notifyDone(t('Saved')));
  return <UserPicker title={title} busy={busy} onPick={(id) => void add(id)} />;
}

function declare<Data, Field extends string, Added, Removed>({
  title,
  teach,
  id,
  document,
  connection,
  order,
  changes,
}: MembersProps<Data, Field, Added, Removed>): ListDeclaration<Data, Member, object, Field, { id: string }> {
  return {
    title,
    teach,
    document,
    connection,
    constants: { id },
    rowKey: (member) => member.id,
    name: ({ username }) => username,
    order: { field: order, descending: true },
    columns: [
      {
        id: 'username',
        title: 'Username',
        cell: (member) => <Anchor inherit component={Link} to={`/users/${member.id}`}>{member.username}</Anchor>,
      },
      { id: 'name', title: 'Name', cell: ({ name }) => name },
      { id: 'email', title: 'E-mail address', cell: ({ email }) => email },
    ],
    ...(changes && {
      bulk: (selection: BulkActionProps<Member>) => (
        <BulkButton {...selection} {...changes.remove} name="remove" rowName={({ username }) => username} />
      ),
    }),
  };
}
