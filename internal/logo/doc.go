// Package logo has the pictures at the logo_uri of clients, which a browser gets from this server alone: whoever serves a
// picture to a browser learns who is about to sign in where, and can change it for one person.
//
// A picture is fetched once for all and remembered for an hour, and so is that there is none. What it is, its bytes say,
// never its server; a type that can hold scripts or links is none (SVG), and nothing here decodes a picture.
package logo
