// Mutations that change the store of Relay: by the id of what comes back, by an edge, and by the id of what is gone.
import { graphql } from 'relay-runtime';

export const update = graphql`
  mutation UserEditUpdateMutation($input: UpdateUserInput!) {
    updateUser(input: $input) {
      user { version ...UserList_user }
      userErrors { code path ... on VersionConflict { currentVersion } }
    }
  }
`;

export const create = graphql`
  mutation UserEditCreateMutation($input: CreateUserInput!, $connections: [ID!]!) {
    createUser(input: $input) {
      user @appendNode(connections: $connections, edgeTypeName: "UserEdge") { ...UserList_user }
      userErrors { code message path }
    }
  }
`;

export const remove = graphql`
  mutation UserEditDeleteMutation($input: DeleteUserInput!, $connections: [ID!]!) {
    deleteUser(input: $input) {
      deletedUserId @deleteEdge(connections: $connections)
      userErrors { code message path }
    }
  }
`;
