// Package mail says to users what happened to their accounts, and hands it to a mail server. It is the one home of SMTP.
//
// A message is made from a catalogue of texts, plain and in HTML. Nothing that people have written stands in its headers,
// and in its text the username alone. It is sent only over TLS whose certificate was checked, but for a server on the same
// machine that the operator says has none.
package mail
