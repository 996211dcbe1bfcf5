package model

import (
	"strings"

	"github.com/mileusna/useragent"
)

// browserNames are the browsers that a header may name, by the parser's name, with the name that people know. Anything
// else that a header calls itself is a text of whoever sent it, and is not shown as a browser.
var browserNames = map[string]string{
	useragent.Chrome: "Chrome", useragent.HeadlessChrome: "Chrome", useragent.Edge: "Edge", useragent.Firefox: "Firefox",
	useragent.Opera: "Opera", useragent.OperaMini: "Opera", useragent.OperaTouch: "Opera", useragent.Safari: "Safari",
	useragent.SamsungBrowser: "Samsung Internet", useragent.Vivaldi: "Vivaldi", useragent.InternetExplorer: "Internet Explorer",
	"curl": "curl",
}

// NewDevice describes the device of a User-Agent header. It is for people to recognise their devices, never for a
// decision.
func NewDevice(header string) *Device {
	ua := useragent.Parse(header)
	browser, system, kind := browserNames[ua.Name], ua.OS, "other"
	switch {
	case ua.Device == "iPad":
		system, kind = "iPadOS", "tablet"
	case ua.Tablet, ua.OS == useragent.Android && !strings.Contains(header, "Mobile"):
		kind = "tablet"
	case ua.Mobile:
		kind = "phone"
	case ua.Desktop:
		kind = "desktop"
	}
	if kind == "other" {
		system = ""
	}
	return &Device{Browser: optional(&browser), System: optional(&system), Kind: kind}
}
