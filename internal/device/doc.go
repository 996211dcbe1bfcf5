// Package device says what kind of device a User-Agent header comes from. It is for people to recognise their devices, never
// for a decision.
package device
