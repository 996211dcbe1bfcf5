// Package document remembers what was made of documents at addresses that clients registered, as jwks_uri and logo_uri.
//
// A document is fetched once for all who ask for it at the same time, and few are fetched from one host at once. Most who
// ask are strangers, so failures are remembered like successes, and what is remembered is bounded.
package document
