package keys

import "encoding/json"

// verifiedMost bounds each of the two generations of remembered tokens; together they take some 16 MiB at most.
const verifiedMost = 8192

// proven is what a good signature stood for. It is remembered by the token: checking ES256 costs more than all the rest of an
// introspection. Whether a token has expired is not remembered but asked each time.
type proven struct {
	kid    string
	typ    string
	issuer string
	claims json.RawMessage
	times  times
}

// times are the claims that can end a token.
type times struct {
	ExpiresAt *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	IssuedAt  *float64 `json:"iat"`
}
