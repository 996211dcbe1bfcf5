package model

import "github.com/authly/authly/internal/device"

// NewDevice describes the device of a User-Agent header.
func NewDevice(header string) *Device {
	d := device.Of(header)
	return &Device{Browser: optional(&d.Browser), System: optional(&d.System), Kind: d.Kind}
}
