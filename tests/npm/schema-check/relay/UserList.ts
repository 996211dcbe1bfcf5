// A list of users that grows by pages, with the sessions of each: connections that Relay merges by itself.
import { graphql } from 'relay-runtime';

export const query = graphql`
  query UserListQuery($search: String) {
    ...UserList_users @arguments(search: $search)
  }
`;

export const users = graphql`
  fragment UserList_users on Query
    @argumentDefinitions(count: { type: "Int", defaultValue: 25 }, cursor: { type: "String" }, search: { type: "String" })
    @refetchable(queryName: "UserListPaginationQuery") {
    users(first: $count, after: $cursor, search: $search) @connection(key: "UserList_users") {
      edges { node { id ...UserList_user } }
      pageInfo { hasNextPage endCursor }
      totalCount { value precision }
    }
  }
`;

// Refetched by the id of the user, through Query.node.
export const user = graphql`
  fragment UserList_user on User
    @argumentDefinitions(last: { type: "Int", defaultValue: 10 }, before: { type: "String" })
    @refetchable(queryName: "UserListUserRefetchQuery") {
    username
    email
    activeSessionCount
    sessions(last: $last, before: $before) @connection(key: "UserList_sessions") {
      edges { node { id lastActiveAt device { browser } } }
    }
  }
`;
