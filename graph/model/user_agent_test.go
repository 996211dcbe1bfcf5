package model

import (
	"testing"
)

func TestTheDeviceOfAUserAgent(t *testing.T) {
	t.Parallel()
	type device struct{ Browser, System, Kind string }
	const webkit = " AppleWebKit/537.36 (KHTML, like Gecko) "
	for header, want := range map[string]device{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64)" + webkit + "Chrome/126.0.0.0 Safari/537.36":                               {Browser: "Chrome", System: "Windows", Kind: "desktop"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64)" + webkit + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.68":             {Browser: "Edge", System: "Windows", Kind: "desktop"},
		"Mozilla/5.0 (X11; Linux x86_64)" + webkit + "Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0":                           {Browser: "Opera", System: "Linux", Kind: "desktop"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0":                                              {Browser: "Firefox", System: "Linux", Kind: "desktop"},
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0)" + webkit + "Chrome/125.0.0.0 Safari/537.36":                                {Browser: "Chrome", System: "ChromeOS", Kind: "desktop"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15":  {Browser: "Safari", System: "macOS", Kind: "desktop"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148 Safari/604.1": {Browser: "Safari", System: "iOS", Kind: "phone"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/126.0 Mobile/15E148 Safari/604.1":  {Browser: "Chrome", System: "iOS", Kind: "phone"},
		"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 FxiOS/127.0 Mobile/15E148 Safari/605.1.15":        {Browser: "Firefox", System: "iPadOS", Kind: "tablet"},
		"Mozilla/5.0 (Linux; Android 14; Pixel 8)" + webkit + "Chrome/126.0.0.0 Mobile Safari/537.36":                         {Browser: "Chrome", System: "Android", Kind: "phone"},
		"Mozilla/5.0 (Linux; Android 13; SM-X906C)" + webkit + "SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36":           {Browser: "Samsung Internet", System: "Android", Kind: "tablet"},
		"curl/8.5.0":             {Browser: "curl", Kind: "other"},
		"okhttp/4.12":            {Kind: "other"},
		"":                       {Kind: "other"},
		"\xff\x00 not a browser": {Kind: "other"},
	} {
		d := NewDevice(header)
		got := device{Kind: d.Kind}
		if d.Browser != nil {
			got.Browser = *d.Browser
		}
		if d.System != nil {
			got.System = *d.System
		}
		if got != want {
			t.Errorf("%q: got %+v, want %+v", header, got, want)
		}
	}
}
