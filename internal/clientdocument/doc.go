// Package clientdocument fetches what clients publish under addresses of their own: the request objects at their request_uris (RFC
// 9101 §5.2), and the metadata at the address that is their client_id (OAuth Client ID Metadata Document).
//
// Whoever opens the authorization endpoint may cause a fetch, so each document is fetched once for all who want it, remembered for a
// while, and asked for again ever more seldom while that fails. Nothing is held against others: strangers could fill what is remembered
// with documents of their own, and nobody else's would be read.
package clientdocument
