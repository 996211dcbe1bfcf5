// Runs the 61 server audits of graphql-http (GraphQL over HTTP) against a running server.
//
//   AUTHLY_AUDIT_URL     the endpoint, such as http://127.0.0.1:8080/graphql
//   AUTHLY_AUDIT_TOKEN   an access token of an administrator with the scope admin:schema:read (three audits introspect)
//   AUTHLY_AUDIT_EXPECT  optional: ids of audits that must fail, separated by commas. A token without that scope must fail
//                        exactly 28B9,D6D5,6A70.
//
// Prints every audit that is not ok, then N/61. Exits with 0 only if all 61 are ok, but for the expected ones, which must
// not be.
import { serverAudits } from 'graphql-http';

const url = process.env.AUTHLY_AUDIT_URL;
const token = process.env.AUTHLY_AUDIT_TOKEN;
const expected = new Set((process.env.AUTHLY_AUDIT_EXPECT || '').split(',').filter(Boolean));
if (!url || !token) {
  console.error('AUTHLY_AUDIT_URL and AUTHLY_AUDIT_TOKEN must be set');
  process.exit(2);
}

const fetchFn = (input, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('authorization', 'Bearer ' + token);
  return fetch(input, { ...init, headers });
};

const audits = serverAudits({ url, fetchFn });
let ok = 0;
let surprises = audits.length === 61 ? 0 : 1;
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status === 'ok') ok++;
  if ((result.status === 'ok') === expected.has(audit.id)) {
    surprises++;
    console.log(`${audit.id} ${result.status}: ${audit.name}: ${result.reason || 'expected to fail'}`);
  }
}
console.log(`${ok}/${audits.length}`);
process.exit(surprises === 0 ? 0 : 1);
