// Package browser holds the tests that see Authly through a real browser: headless Chromium, with and without
// JavaScript, with all network but the loopback cut off. Any console message, page fault or content-security-policy
// report fails them.
package browser
