package graph

import "github.com/authly/authly/graph/model"

// clientFieldNames are the fields of a client that have another name in the schema than in RFC 7591.
var clientFieldNames = map[string]string{"client_name": "name", "client_uri": "uri", "scope": "scopes"}

// clientFieldName returns the name in the schema of a field of a client's metadata or policy.
func clientFieldName(name string) string {
	if other, found := clientFieldNames[name]; found {
		return other
	}
	return model.CamelCase(name)
}
