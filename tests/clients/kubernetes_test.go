package clients

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/authly/authly/tests/harness"
)

func kubernetes(t *testing.T, s section) {
	g := newGuide(t, s, withTLS)
	program, err := os.ReadFile(filepath.Join("testdata", "kubernetes", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	g.write("main.go", string(program))
	judge := g.build()
	g.apply(strings.ReplaceAll(g.translate(s.files["authly.yaml"]), "client_id: kubernetes", "client_id: another-client"))
	good, foreign := g.idToken("kubernetes"), g.idToken("another-client")
	cmd := exec.CommandContext(t.Context(), judge, filepath.Join(g.dir, "authentication.yaml"), good, foreign, changed(good))
	cmd.Env = g.environment()
	out, err := cmd.Output() // beside it the library logs
	if err != nil {
		t.Fatal(err)
	}
	answers := strings.Split(string(out), "\n")
	g.shows(answers[0], "authly:alice@example.org")
	g.shows(answers[1], "refused:", "audience")
	g.shows(answers[2], "refused:", "signature")
}

// idToken signs Alice in to a public client of the loopback, as the plugin does, and returns her ID token.
func (g *guide) idToken(clientID string) string {
	g.t.Helper()
	p := harness.NewPublicParty(g.t, &harness.Node{URL: g.server.Issuer, Issuer: g.server.Issuer}, clientID, "openid", "profile", "email")
	p.Config.RedirectURL = "http://127.0.0.1:8000"
	trusting := context.WithValue(g.t.Context(), oauth2.HTTPClient, &http.Client{Transport: g.secure.Client().Transport})
	token, err := p.Config.Exchange(trusting, p.Authorize(g.browser(), "alice", harness.AlicePassword), oauth2.VerifierOption(p.Verifier))
	if err != nil {
		g.t.Fatal(err)
	}
	id, _ := token.Extra("id_token").(string)
	return id
}
