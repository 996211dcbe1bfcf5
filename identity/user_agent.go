package identity

import "strings"

// Device is what a User-Agent header says of a browser, as far as a person wants to know; empty fields are not known.
type Device struct {
	Browser string
	System  string
	Kind    string // desktop, phone, tablet or other
}

// agentMark is a word of the header and what it stands for.
type agentMark struct{ word, name string }

// Order matters: every browser pretends to be others, so the rarer word comes first.
var (
	agentBrowsers = []agentMark{ // a constant
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Chrome/", "Chrome"},
		{"Version/", "Safari"},
		{"curl/", "curl"},
	}
	agentSystems = []agentMark{ // a constant
		{"iPhone", "iOS"},
		{"iPad", "iPadOS"},
		{"Android", "Android"},
		{"Windows", "Windows"},
		{"Mac OS X", "macOS"},
		{"CrOS", "ChromeOS"},
		{"Linux", "Linux"},
	}
)

// ParseUserAgent describes the device of a session. It is for people to recognise their devices, never for a decision.
func ParseUserAgent(header string) Device {
	d := Device{Browser: firstMark(header, agentBrowsers), System: firstMark(header, agentSystems), Kind: "other"}
	switch {
	case strings.Contains(header, "iPad"), d.System == "Android" && !strings.Contains(header, "Mobile"):
		d.Kind = "tablet"
	case strings.Contains(header, "Mobile"), d.System == "iOS":
		d.Kind = "phone"
	case d.System != "":
		d.Kind = "desktop"
	}
	return d
}

func firstMark(header string, marks []agentMark) string {
	for _, m := range marks {
		if strings.Contains(header, m.word) {
			return m.name
		}
	}
	return ""
}
