package admincli

import (
	"strings"

	"github.com/spf13/cobra"
)

// complete offers the objects of a noun whose name begins with what was typed, as the first argument. Who is not signed in, or whose
// server is not there, is offered nothing.
func (s *session) complete(n *noun) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		name := n.naming()
		if len(args) > 0 || n.list == "" || s.connect() != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		q, variables := queryOf(n.list, n), map[string]any{}
		if q.field.Arguments.ForName("search") != nil && typed != "" {
			variables["search"] = strings.TrimPrefix(typed, "/")
		}
		set := " { " + name + " }"
		if q.connection() {
			variables["first"], set = pageSize, " { nodes"+set+" }"
		}
		data, err := s.ask(cmd.Context(), q, variables, set)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		if connection, ok := data.(map[string]any); ok {
			data = connection["nodes"]
		}
		var names []cobra.Completion
		for _, object := range objects(data) {
			if text := printable(asText(object[name])); strings.HasPrefix(text, typed) {
				names = append(names, text)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// naming is the field by which a person names an object of the noun.
func (n *noun) naming() string {
	switch {
	case n.refer != nil:
		return nameOf(n)
	case len(n.match) > 0:
		return n.match[0]
	case loaded().Types[n.typeName].Fields.ForName("id") != nil:
		return "id"
	}
	return strings.Fields(n.columns)[0]
}
