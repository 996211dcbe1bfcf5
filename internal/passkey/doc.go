// Package passkey runs WebAuthn ceremonies (Web Authentication Level 3): it makes the options that a browser asks an
// authenticator with, and verifies what comes back. It stores nothing and knows no time; the rules about passkeys are in
// package identity.
package passkey
