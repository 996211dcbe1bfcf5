import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { type AnyVariables, useQuery } from 'urql';
import { Problem } from '../show/Problem';
import type { Text } from '../texts/texts';
import { NotFound } from './NotFound';
import { Page } from './Page';

interface LoadedProps<Data, Variables extends AnyVariables, Thing> {
  /** The title while the thing is not there; none for a part of a page. */
  title?: Text;
  document: TypedDocumentNode<Data, Variables>;
  variables: Variables;
  thing: (data: Data) => Thing | null | undefined;
  children: (thing: Thing, reread: () => void) => ReactNode;
}

/** Reads one thing and renders it; before that its place, and in its place the reason why it is not there. */
export function Loaded<Data, Variables extends AnyVariables, Thing>(props: LoadedProps<Data, Variables, Thing>) {
  const { title, document, variables, thing, children } = props;
  const [{ data, error }, again] = useQuery<Data, AnyVariables>({ query: document, variables, requestPolicy: 'cache-and-network' });
  const reread = () => again({ requestPolicy: 'network-only' });
  const found = data ? thing(data) : undefined;
  if (found !== null && found !== undefined) return children(found, reread);
  if (data && !error) return <NotFound />;
  const instead = error ? <Problem error={error} onRetry={reread} /> : <Skeleton height={320} />;
  return title ? <Page title={title}>{instead}</Page> : instead;
}
