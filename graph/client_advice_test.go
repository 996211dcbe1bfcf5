package graph

import (
	"testing"

	"github.com/authly/authly/graph/generated"
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
)

// TestAdviceNamesFieldsOfTheSchema, so that a console can lead from an advice to what it is about.
func TestAdviceNamesFieldsOfTheSchema(t *testing.T) {
	t.Parallel()
	client := generated.NewExecutableSchema(generated.Config{}).Schema().Types["Client"]
	for _, rule := range identity.ClientRules() {
		if client.Fields.ForName(model.ClientFieldName(rule.Field)) == nil {
			t.Errorf("%s: Client has no field %s", rule.ID, model.ClientFieldName(rule.Field))
		}
	}
}
