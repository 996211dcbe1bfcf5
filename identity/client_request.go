package identity

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// ClientRegistration is what a client asks to be registered (RFC 7591 §3.1, RFC 7592 §2.2).
type ClientRegistration struct {
	Metadata ClientMetadata

	Statement string // software statement; what it says is yet to be taken

	// Of a change alone, or of a document.
	ClientID string
	Secret   string
	imposed  []string // members that the server alone says
}

// The bounds of a registration request beside those of its members.
const (
	maxRegistrationDepth   = 8   // of its JSON
	maxRegistrationMembers = 200 // on its first level
)

// imposedMembers are what a client is told and never says (RFC 7592 §2.2).
var imposedMembers = []string{
	"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at",
}

// refusedMembers are metadata that mean what Authly does not do. To ignore them would leave a client with less than it has asked
// for: codes of people that are not asked for.
var refusedMembers = []string{
	"backchannel_user_code_parameter",
}

// RefusedMembers lists the client metadata that registration refuses, because Authly does not do what it means.
func RefusedMembers() []string { return slices.Clone(refusedMembers) }

// clientMembers are the members of ClientMetadata by their names.
var clientMembers = func() map[string]int {
	members, t := map[string]int{}, reflect.TypeFor[ClientMetadata]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		members[name] = i
	}
	delete(members, "localized") // whose texts are members of their own
	return members
}()

// ReadClientRegistration reads a registration request. Members that nobody knows are ignored (RFC 7591 §2), null is as if the member
// were not there (RFC 7592 §2.2), and what Authly does not do is refused. Whether the metadata is good is for Client.Check to say.
func ReadClientRegistration(body []byte) (ClientRegistration, error) {
	members, ok := jsonObject(body)
	if !ok {
		return ClientRegistration{}, InvalidField("", "The body must be one JSON object of client metadata, in UTF-8, with no member twice.")
	}
	var r ClientRegistration
	var faults Faults
	value, localized := reflect.ValueOf(&r.Metadata).Elem(), map[string]*string{}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		text := members[name]
		field, known := clientMembers[name]
		var into any
		switch {
		case known:
			into = value.Field(field).Addr().Interface()
		case Localizable(name):
			localized[name] = new(string)
			into = localized[name]
		case name == "software_statement":
			into = &r.Statement
		case name == "client_id":
			into = &r.ClientID
		case name == "client_secret":
			into = &r.Secret
		case slices.Contains(imposedMembers, name):
			r.imposed = append(r.imposed, name)
		case slices.Contains(refusedMembers, name) && !saysNothing(text):
			faults.Add(InvalidField(name, "Must not be given: the server does not do what it asks for."))
		}
		if into != nil && json.Unmarshal(text, into) != nil {
			faults.Add(InvalidField(name, "Must be of the type that its standard says."))
		}
	}
	for name, text := range localized {
		if r.Metadata.Localized == nil {
			r.Metadata.Localized = map[string]string{}
		}
		r.Metadata.Localized[name] = *text
	}
	_, said := members["application_type"]
	if uris := r.Metadata.RedirectURIs; allOnDevice(uris) && (!said || slices.ContainsFunc(uris, privateUse)) {
		r.Metadata.ApplicationType = "native"
	}
	return r, faults.Err()
}

// saysNothing reports whether a value of metadata asks for nothing.
func saysNothing(text json.RawMessage) bool {
	return slices.Contains([]string{"false", `""`, "[]", "{}"}, string(text))
}

// privateUse reports whether a redirect URI has a scheme that an application has for itself (RFC 8252 §7.1).
func privateUse(uri string) bool {
	scheme, _, _ := strings.Cut(uri, ":")
	return !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http")
}

// allOnDevice reports whether all redirect URIs lead to the device of the person, as those of a native application do. Such clients
// often do not say what they are, because RFC 7591 has no word for it, or say that they are of the web, with a scheme of their own.
func allOnDevice(uris []string) bool {
	return len(uris) > 0 && !slices.ContainsFunc(uris, func(uri string) bool { return !onDevice(uri) })
}

// checkUpdate refuses what a change of a registration must not say (RFC 7592 §2.2).
func (r ClientRegistration) checkUpdate(c Client, keys *Keyring, now time.Time) error {
	var faults Faults
	if r.ClientID != c.ClientID {
		faults.Add(InvalidField("client_id", "Must be that of the client."))
	}
	if r.Secret != "" && !c.HasSecret(keys, r.Secret, now) {
		faults.Add(InvalidField("client_secret", "Must be the one that the client has, or be left out."))
	}
	if r.Statement == "" && c.Origin == OriginStatement {
		faults.Add(InvalidField("software_statement", "Must be given: the client was registered by one."))
	}
	for _, name := range r.imposed {
		faults.Add(InvalidField(name, "Must not be given: the server says it."))
	}
	return faults.Err()
}

// jsonObject is JSONObject within the bounds of a registration, without the members that are null.
func jsonObject(text []byte) (map[string]json.RawMessage, bool) {
	members, ok := JSONObject(text, maxRegistrationDepth, maxRegistrationMembers)
	maps.DeleteFunc(members, func(_ string, value json.RawMessage) bool { return string(value) == "null" })
	return members, ok
}
