package trustchain

import (
	"encoding/json"
	"testing"

	"github.com/authly/authly/identity"
)

// party wraps the policies of parameters, or metadata, as that of a relying party.
func party(text string) json.RawMessage {
	return json.RawMessage(`{"openid_relying_party":` + text + `}`)
}

func applied(t *testing.T, metadata string, policies ...string) (string, error) {
	t.Helper()
	merged := Policy{}
	for _, text := range policies { // from the anchor on
		p, err := ReadPolicy(party(text), nil)
		if err != nil {
			return "", err
		}
		if err := merged.Merge(p); err != nil {
			return "", err
		}
	}
	members, err := object([]byte(metadata))
	if err != nil {
		t.Fatal(err)
	}
	out, err := merged.Apply(identity.EntityTypeRelyingParty, members)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text), nil
}

// TestPolicies: what each operator does, and which cannot be together (OpenID Federation §6.1.3.1). "" is a refusal.
func TestPolicies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		metadata, want string
		policies       []string
	}{
		"value":                            {`{"a":"x"}`, `{"a":"y"}`, []string{`{"a":{"value":"y"}}`}},
		"value removes":                    {`{"a":"x"}`, `{}`, []string{`{"a":{"value":null}}`}},
		"value of both is one":             {`{}`, `{"a":1}`, []string{`{"a":{"value":1}}`, `{"a":{"value":1}}`}},
		"value is another below":           {`{}`, ``, []string{`{"a":{"value":"x"}}`, `{"a":{"value":"y"}}`}},
		"value is none of one_of":          {`{}`, ``, []string{`{"a":{"one_of":["x"]}}`, `{"a":{"value":"y"}}`}},
		"value beyond subset_of":           {`{}`, ``, []string{`{"a":{"subset_of":["x"]}}`, `{"a":{"value":["x","y"]}}`}},
		"value lacks superset_of":          {`{}`, ``, []string{`{"a":{"superset_of":["x"]}}`, `{"a":{"value":["y"]}}`}},
		"value lacks add":                  {`{}`, ``, []string{`{"a":{"value":["x"],"add":["y"]}}`}},
		"null beside default":              {`{}`, ``, []string{`{"a":{"value":null,"default":"x"}}`}},
		"null beside essential":            {`{}`, ``, []string{`{"a":{"essential":true}}`, `{"a":{"value":null}}`}},
		"null beside subset_of":            {`{}`, ``, []string{`{"a":{"value":null,"subset_of":["x"]}}`}},
		"add":                              {`{"a":["x"]}`, `{"a":["x","y","z"]}`, []string{`{"a":{"add":["x","y"]}}`, `{"a":{"add":["z"]}}`}},
		"add to nothing":                   {`{}`, `{"a":["x"]}`, []string{`{"a":{"add":["x"]}}`}},
		"add to a text":                    {`{"a":"x"}`, ``, []string{`{"a":{"add":["x"]}}`}},
		"add beyond subset_of":             {`{}`, ``, []string{`{"a":{"subset_of":["x"]}}`, `{"a":{"add":["y"]}}`}},
		"default":                          {`{"b":"x"}`, `{"a":"y","b":"x"}`, []string{`{"a":{"default":"y"},"b":{"default":"y"}}`}},
		"default is another below":         {`{"a":"x"}`, ``, []string{`{"a":{"default":"x"}}`, `{"a":{"default":"y"}}`}},
		"default is judged":                {`{}`, ``, []string{`{"a":{"default":"x","one_of":["y"]}}`}},
		"one_of":                           {`{"a":"x"}`, `{"a":"x"}`, []string{`{"a":{"one_of":["x","y"]}}`}},
		"one_of another":                   {`{"a":"z"}`, ``, []string{`{"a":{"one_of":["x","y"]}}`}},
		"one_of narrowed":                  {`{"a":"x"}`, ``, []string{`{"a":{"one_of":["x","y"]}}`, `{"a":{"one_of":["y","z"]}}`}},
		"one_of cannot be widened":         {`{"a":"z"}`, ``, []string{`{"a":{"one_of":["x"]}}`, `{"a":{"one_of":["x","z"]}}`}},
		"one_of with nothing left":         {`{}`, ``, []string{`{"a":{"one_of":["x"]}}`, `{"a":{"one_of":["y"]}}`}},
		"one_of beside subset_of":          {`{}`, ``, []string{`{"a":{"one_of":["x"],"subset_of":["x"]}}`}},
		"subset_of":                        {`{"a":["x","z"]}`, `{"a":["x"]}`, []string{`{"a":{"subset_of":["x","y"]}}`}},
		"subset_of nothing":                {`{"a":["z"]}`, `{"a":[]}`, []string{`{"a":{"subset_of":["x"],"essential":true}}`}},
		"subset_of what is absent":         {`{}`, `{}`, []string{`{"a":{"subset_of":["x"]}}`}},
		"subset_of, essential and absent":  {`{}`, ``, []string{`{"a":{"subset_of":["x"],"essential":true}}`}},
		"subset_of cannot be widened":      {`{"a":["x","z"]}`, `{"a":["x"]}`, []string{`{"a":{"subset_of":["x"]}}`, `{"a":{"subset_of":["x","z"]}}`}},
		"subset_of a text":                 {`{"a":"x"}`, ``, []string{`{"a":{"subset_of":["x"]}}`}},
		"superset_of":                      {`{"a":["x","y"]}`, `{"a":["x","y"]}`, []string{`{"a":{"superset_of":["x"]}}`}},
		"superset_of more":                 {`{"a":["x"]}`, ``, []string{`{"a":{"superset_of":["x"]}}`, `{"a":{"superset_of":["y"]}}`}},
		"superset_of beyond subset_of":     {`{}`, ``, []string{`{"a":{"subset_of":["x"]}}`, `{"a":{"superset_of":["y"]}}`}},
		"essential":                        {`{}`, ``, []string{`{"a":{"essential":true}}`}},
		"essential cannot be taken back":   {`{}`, ``, []string{`{"a":{"essential":true}}`, `{"a":{"essential":false}}`}},
		"essential and null":               {`{"a":null}`, ``, []string{`{"a":{"essential":true}}`}},
		"scope":                            {`{"scope":"openid admin"}`, `{"scope":"openid"}`, []string{`{"scope":{"subset_of":["openid","email"]}}`}},
		"scope by default":                 {`{}`, `{"scope":"openid email"}`, []string{`{"scope":{"default":"openid email"}}`}},
		"an operator that nobody knows":    {`{"a":"x"}`, `{"a":"x"}`, []string{`{"a":{"regexp":"y"}}`}},
		"a type that an operator has not":  {`{}`, ``, []string{`{"a":{"subset_of":"x"}}`}},
		"an operator twice":                {`{}`, ``, []string{`{"a":{"value":"x","value":"y"}}`}},
		"a parameter twice":                {`{}`, ``, []string{`{"a":{"value":"x"},"a":{"value":"y"}}`}},
		"essential of a text":              {`{}`, ``, []string{`{"a":{"essential":"true"}}`}},
		"numbers are as they are written":  {`{"a":9007199254740993}`, ``, []string{`{"a":{"one_of":[9007199254740992]}}`}},
		"what no policy is about is as is": {`{"b":{"c":[1]}}`, `{"b":{"c":[1]}}`, []string{`{"a":{"subset_of":["x"]}}`}},
	} {
		got, err := applied(t, c.metadata, c.policies...)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %s %v, want %s", name, got, err, c.want)
		}
	}
}

// TestACriticalOperatorIsUnderstoodOrRefused (§6.1.3.2).
func TestACriticalOperatorIsUnderstoodOrRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		critical string
		good     bool
	}{{"regexp", false}, {"value", true}, {"other", true}} {
		if _, err := ReadPolicy(party(`{"a":{"regexp":"x","value":"y"}}`), []string{c.critical}); (err == nil) != c.good {
			t.Errorf("%s: %v", c.critical, err)
		}
	}
}

// FuzzPolicy: whatever a policy is, it is refused, or merging it with itself changes nothing of what it makes of metadata.
func FuzzPolicy(f *testing.F) {
	for _, seed := range []string{
		`{"a":{"value":["x"],"add":["x"],"subset_of":["x","y"],"superset_of":["x"],"essential":true}}`,
		`{"a":{"default":"x","one_of":["x",1,{"b":2}]}}`, `{"a":{"value":null}}`, `{"scope":{"default":"openid"}}`, `{"a":[]}`, `{"a":{"add":[[]]}}`,
	} {
		f.Add(seed, `{"a":["x"],"scope":"openid"}`)
	}
	f.Fuzz(func(t *testing.T, policy, metadata string) {
		if _, err := object([]byte(metadata)); err != nil {
			return
		}
		once, err := applied(t, metadata, policy)
		if err != nil {
			return
		}
		twice, err := applied(t, metadata, policy, policy)
		if err != nil || once != twice {
			t.Errorf("%s %s: %s, then %s %v", policy, metadata, once, twice, err)
		}
	})
}
