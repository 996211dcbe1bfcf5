package device

import (
	"strings"

	"github.com/mileusna/useragent"
)

// Device is what a header says of itself.
type Device struct {
	Browser string // empty: none that people know
	System  string // empty: not said
	Kind    string // desktop, phone, tablet or other
}

// browserNames are the browsers that a header may name, by the parser's name, with the name that people know. Anything
// else that a header calls itself is a text of whoever sent it, and is not shown as a browser.
var browserNames = map[string]string{
	useragent.Chrome: "Chrome", useragent.HeadlessChrome: "Chrome", useragent.Edge: "Edge", useragent.Firefox: "Firefox",
	useragent.Opera: "Opera", useragent.OperaMini: "Opera", useragent.OperaTouch: "Opera", useragent.Safari: "Safari",
	useragent.SamsungBrowser: "Samsung Internet", useragent.Vivaldi: "Vivaldi", useragent.InternetExplorer: "Internet Explorer",
	"curl": "curl",
}

// Of describes the device of a User-Agent header.
func Of(header string) Device {
	ua := useragent.Parse(header)
	d := Device{Browser: browserNames[ua.Name], System: ua.OS, Kind: "other"}
	switch {
	case ua.Device == "iPad":
		d.System, d.Kind = "iPadOS", "tablet"
	case ua.Tablet, ua.OS == useragent.Android && !strings.Contains(header, "Mobile"):
		d.Kind = "tablet"
	case ua.Mobile:
		d.Kind = "phone"
	case ua.Desktop:
		d.Kind = "desktop"
	default:
		d.System = ""
	}
	return d
}

// String returns what people read of it, such as "Firefox on Linux"; empty when nothing is known.
func (d Device) String() string {
	switch {
	case d.Browser == "":
		return d.System
	case d.System == "":
		return d.Browser
	}
	return d.Browser + " on " + d.System
}
