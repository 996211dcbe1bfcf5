package graph

import (
	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// detailTypeChange reads the changes of a type of authorization details, or says what is wrong with them.
func detailTypeChange(in model.UpdateAuthorizationDetailDefinitionInput) (admin.DetailTypeChange, []model.UserError) {
	p := &patch{}
	change := admin.DetailTypeChange{Description: cleared(p, in.Description)}
	if in.Schema.IsSet() {
		schema := in.Schema.Value()
		if p.given = true; schema == nil {
			p.problems = append(p.problems, requiredError("schema", "Must not be null."))
		}
		change.Schema = new(rawJSON(schema))
	}
	return change, p.check()
}

// changedDetailType shows a type that was changed, or what is wrong. name is what the input calls it.
func changedDetailType(t identity.DetailType, name string, err error) (*model.AuthorizationDetailDefinition, []model.UserError, error) {
	if err != nil {
		problems, err := userErrors(err, name, "type")
		return nil, problems, err
	}
	return model.NewAuthorizationDetailDefinitions(t)[0], noErrors(), nil
}
