package oauth

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// maxRequestObject is the longest request object that is looked at, in bytes.
const maxRequestObject = 16 << 10

// refuseWhereItAsks takes state and response_mode from a request object (OIDC Core §6.1), for the refusal of request
// objects and for nothing else: a client that sends them only there waits for the answer there. They need no proof, because
// whoever sends the object could have sent them beside it; where the answer goes was proven before. An object that cannot be
// read changes nothing.
func (c *CheckedRequest) refuseWhereItAsks() {
	parts := strings.Split(c.Params.Get(paramRequest), ".")
	if len(parts) != 3 || len(parts[1]) > maxRequestObject {
		return
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return
	}
	var object struct {
		State        string `json:"state"`
		ResponseMode string `json:"response_mode"`
	}
	if json.Unmarshal(payload, &object) != nil {
		return
	}
	if object.State != "" && len(object.State) <= maxState {
		c.Out.State, c.Out.HasState = object.State, true
	}
	if object.ResponseMode == modeQuery || object.ResponseMode == modeFormPost {
		c.Out.ResponseMode = object.ResponseMode
	}
}
