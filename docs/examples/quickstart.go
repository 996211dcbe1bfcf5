package examples

import _ "embed"

// Quickstart is quickstart.yaml, for a server at http://localhost:8080. Its passwords and secrets are public.
//
//go:embed quickstart.yaml
var Quickstart string

// QuickstartIssuer is the issuer that Quickstart names.
const QuickstartIssuer = "http://localhost:8080"
