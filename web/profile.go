package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/authly/authly/identity"
)

// profilePage is the data of profile.html.
type profilePage struct {
	Action  string
	Version int // of the user, when the page was made
	Fields  []profileField
	Saved   *phrase
	Problem *phrase
}

// Shown are the ids of the fields, which the form says: one that was added since the page was made is not emptied.
func (p profilePage) Shown() string {
	ids := make([]string, len(p.Fields))
	for i, f := range p.Fields {
		ids[i] = f.ID
	}
	return strings.Join(ids, " ")
}

// profileField is one thing that people may change of their profile.
type profileField struct {
	Name         string // of the claim, or of the member of the address
	ID           string
	Label        *phrase
	Hint         *phrase
	Autocomplete string // HTML, autofill field names; or empty
	Type         string // of the input, "lines" for several lines, "truth" for yes or no
	Value        string // as it is typed
	Wrong        *phrase
	Focus        bool
	Required     bool

	attribute *identity.AttributeDefinition // nil: a standard claim
	address   bool                          // a member of the address
}

// DescribedBy lists the ids of what describes the field.
func (f profileField) DescribedBy() string {
	var ids []string
	if f.Wrong != nil {
		ids = append(ids, f.ID+"-error")
	}
	if f.Hint != nil {
		ids = append(ids, f.ID+"-hint")
	}
	return strings.Join(ids, " ")
}

// The types of fields that are no types of inputs.
const (
	severalLines = "lines"
	yesOrNo      = "truth"
)

// claimFields are the standard claims that people may change, in the order in which they see them (OIDC Core §5.1).
var claimFields = []profileField{
	{Name: "name", Label: say("Full name"), Hint: say("Empty: your first and last name."), Autocomplete: "name"},
	{Name: "given_name", Label: say("First name"), Autocomplete: "given-name"},
	{Name: "middle_name", Label: say("Middle name"), Autocomplete: "additional-name"},
	{Name: "family_name", Label: say("Last name"), Autocomplete: "family-name"},
	{Name: "nickname", Label: say("Nickname"), Autocomplete: "nickname"},
	{Name: "preferred_username", Label: say("Name in applications"), Hint: say("You sign in by your username all the same.")},
	{Name: "gender", Label: say("Gender"), Autocomplete: "sex"},
	{
		Name: "birthdate", Label: say("Date of birth"), Hint: say("Such as 1980-12-31, 0000-12-31 without the year, or 1980."),
		Autocomplete: "bday",
	},
	{
		Name: "phone_number", Label: say("Telephone"), Hint: say("With the code of the country, such as +4712345678."),
		Autocomplete: "tel", Type: "tel",
	},
	{Name: "website", Label: say("Website"), Hint: say("An address that begins with https://."), Autocomplete: "url", Type: "url"},
	{Name: "profile", Label: say("Page about you"), Hint: say("An address that begins with https://."), Type: "url"},
	{Name: "picture", Label: say("Address of a picture of you"), Hint: say("It begins with https://."), Autocomplete: "photo", Type: "url"},
	{Name: "locale", Label: say("Language"), Hint: say("Such as en or de-AT. We write to you in it, where we can."), Autocomplete: "language"},
	{Name: "zoneinfo", Label: say("Time zone"), Hint: say("Such as Europe/Oslo.")},
	{Name: "street_address", Label: say("Street and number"), Autocomplete: "street-address", Type: severalLines, address: true},
	{Name: "postal_code", Label: say("Postal code"), Autocomplete: "postal-code", address: true},
	{Name: "locality", Label: say("Town"), Autocomplete: "address-level2", address: true},
	{Name: "region", Label: say("Region"), Autocomplete: "address-level1", address: true},
	{Name: "country", Label: say("Country"), Autocomplete: "country-name", address: true},
	{Name: "formatted", Label: say("The whole address, as it stands on a letter"), Type: severalLines, address: true},
}

// profileFields are the fields with what is known of a user.
func (h *Handler) profileFields(r *http.Request, user identity.User) ([]profileField, error) {
	attributes, err := h.Domain.Profiles.OwnAttributes(r.Context(), user.ID)
	if err != nil {
		return nil, err
	}
	fields := slices.Clone(claimFields)
	for i := range fields {
		f := &fields[i]
		f.ID = f.Name
		if f.Type == "" {
			f.Type = "text"
		}
		if f.address {
			f.Value = *addressMember(&user.Claims, f.Name)
		} else {
			f.Value = *identity.ClaimNamed(f.Name).Text(&user.Claims)
		}
	}
	for _, a := range attributes {
		fields = append(fields, attributeField(a))
	}
	return fields, nil
}

// attributeID is the id of the field of an attribute.
func attributeID(d identity.AttributeDefinition) string { return "attribute-" + d.Name }

// attributeField is the field of an attribute that the operator has declared.
func attributeField(a identity.OwnAttribute) profileField {
	f := profileField{
		Name: a.ClaimName(), ID: attributeID(a.AttributeDefinition), Label: quote(cmp.Or(a.DisplayName, a.Name)), Type: "text",
		Value: strings.Join(a.Values, "\n"), attribute: &a.AttributeDefinition,
	}
	if a.Description != "" {
		f.Hint = quote(a.Description)
	}
	switch a.Type {
	case identity.AttributeStringList:
		f.Type, f.Hint = severalLines, both(f.Hint, say("One in each line."))
	case identity.AttributeBoolean:
		f.Type = yesOrNo
	case identity.AttributeDate:
		f.Type = "date"
	case identity.AttributeString, identity.AttributeInteger: // texts, of which the domain knows more than browsers do
		if strings.Contains(f.Value, "\n") {
			f.Type = severalLines
		}
	}
	return f
}

// addressMember returns where a member of the address is, of a copy if there is none.
func addressMember(c *identity.Claims, name string) *string {
	a := c.Address
	if a == nil {
		a = &identity.Address{}
	}
	return map[string]*string{
		"street_address": &a.StreetAddress, "postal_code": &a.PostalCode, "locality": &a.Locality, "region": &a.Region,
		"country": &a.Country, "formatted": &a.Formatted,
	}[name]
}

func (h *Handler) showProfile(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToProfile, false)
	if err != nil || b == nil {
		return err
	}
	fields, err := h.profileFields(r, b.User)
	if err != nil {
		return err
	}
	p := profilePage{Version: b.User.Version, Fields: fields}
	if r.Form.Has("saved") {
		p.Saved = say("Your profile was saved.")
	}
	h.renderProfile(w, r, http.StatusOK, p)
	return nil
}

func (h *Handler) renderProfile(w http.ResponseWriter, r *http.Request, status int, p profilePage) {
	p.Action = pathProfile
	h.render(w, r, status, page{template: "profile.html", title: say("Your profile"), account: pathProfile, script: better, data: p})
}

func (h *Handler) changeProfile(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToProfile, false)
	if err != nil || b == nil {
		return err
	}
	fields, err := h.profileFields(r, b.User)
	if err != nil {
		return err
	}
	patch, err := typedProfile(r, fields)
	if err != nil {
		return err
	}
	if len(patch) > 0 {
		version, _ := strconv.Atoi(r.PostForm.Get("version")) // what is no number is no version either
		_, err = h.Domain.Profiles.UpdateOwn(r.Context(), *b, version, patch)
	}
	var conflict *identity.VersionConflictError
	switch e := identity.AsError(err); {
	case err == nil:
		h.redirect(w, r, pathProfile+"?saved=yes")
	case errors.Is(err, identity.ErrSessionNotFound): // it ended since the page was asked for
		return h.requireSignIn(w, r, identity.ReturnToProfile)
	case errors.As(err, &conflict):
		h.renderProfile(w, r, http.StatusConflict, profilePage{
			Version: conflict.CurrentVersion, Fields: fields,
			Problem: say("Your profile was changed elsewhere meanwhile. This is what you have typed: save it again, or open the page anew."),
		})
	case e.Kind == identity.Invalid, e.Kind == identity.Conflict:
		p := profilePage{Version: b.User.Version, Fields: fields}
		p.blame(err)
		h.renderProfile(w, r, http.StatusBadRequest, p)
	default:
		return err
	}
	return nil
}

// typedProfile takes what was typed into the fields, and returns what of it differs from what was known.
func typedProfile(r *http.Request, fields []profileField) (map[string]json.RawMessage, error) {
	patch := map[string]any{}
	address, moved := identity.Address{}, false
	claims := identity.Claims{Address: &address}
	shown := strings.Fields(r.PostForm.Get("fields"))
	for i := range fields {
		f := &fields[i]
		known := f.Value
		if slices.Contains(shown, f.ID) { // what is empty is not among the parameters
			f.Value = strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(f.ID), "\r\n", "\n")) // HTML, form submission: CRLF
		}
		changed := f.Value != known
		switch {
		case f.address:
			*addressMember(&claims, f.Name) = f.Value
			moved = moved || changed
		case changed && f.attribute != nil && f.attribute.Type == identity.AttributeStringList:
			patch[f.Name] = strings.FieldsFunc(f.Value, func(c rune) bool { return c == '\n' })
		case changed && f.Value == "":
			patch[f.Name] = nil
		case changed:
			patch[f.Name] = f.Value
		}
	}
	if moved {
		patch["address"] = address
	}
	texts := make(map[string]json.RawMessage, len(patch))
	for name, value := range patch {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		texts[name] = text
	}
	return texts, nil
}

// blame says at each field what is wrong with it; the first has the focus. What is about no field is said above all.
func (p *profilePage) blame(err error) {
	for _, e := range identity.AllErrors(err) {
		name, _, _ := strings.Cut(strings.TrimPrefix(e.Field, "address."), "[")
		at := slices.IndexFunc(p.Fields, func(f profileField) bool { return f.Name == name })
		if at < 0 {
			p.Problem = both(p.Problem, refusal(e))
		} else if p.Fields[at].Wrong == nil {
			p.Fields[at].Wrong = refusal(e)
		}
	}
	if first := slices.IndexFunc(p.Fields, func(f profileField) bool { return f.Wrong != nil }); first >= 0 {
		p.Fields[first].Focus = true
	}
}
