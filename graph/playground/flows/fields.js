// Fields that several forms have.

export const scopeField = (client, value = client.scopes.join(' ')) => ({
  name: 'scope', value, hint: `Separated by spaces. The client may ask for: ${client.scopes.join(' ') || 'nothing'}.`,
});

export const resourceField = (exchangeable = []) => ({
  name: 'resource',
  hint: 'URIs of APIs, separated by spaces (RFC 8707).'
    + (exchangeable.length > 0 ? ` The client may exchange for: ${exchangeable.join(' ')}.` : ''),
});

export const detailsField = (client) => client.authorizationDetailsTypes.length > 0 && {
  name: 'authorization_details', kind: 'area',
  hint: `A JSON list of objects (RFC 9396). The client may ask for the types: ${client.authorizationDetailsTypes.join(', ')}.`,
};
