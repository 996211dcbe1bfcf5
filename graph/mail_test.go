package graph

import (
	"strings"
	"testing"
	"time"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// letter is a message to a user that waits for its second try, with what nobody must see.
func (a *api) letter(t *testing.T, user identity.User) identity.MailMessage {
	t.Helper()
	m := identity.MailMessage{
		ID: a.domain.Source.NewID(), Kind: identity.MailRecovery, UserID: user.ID, To: user.Email, Sealed: []byte("SEALED-SECRET"), CreatedAt: a.now,
		Attempts: 1, Failure: "unreachable",
	}
	check(t, a.store.InsertMails(t.Context(), m))
	job, err := identity.NewJob(a.domain.Source, "mail.send", map[string]any{"id": m.ID})
	check(t, err)
	job.Lane, job.RunAt = "mail", job.RunAt.Add(time.Hour)
	check(t, a.store.InsertJobs(t.Context(), job))
	return m
}

// overLetter is a message that was given up.
func (a *api) overLetter(t *testing.T) identity.MailMessage {
	t.Helper()
	over := a.letter(t, a.admin)
	over.Sealed, over.FailedAt, over.Failure = nil, &a.now, "smtp_550"
	_, err := a.store.SaveMail(t.Context(), over)
	check(t, err)
	return over
}

// TestMessagesAreShownWithoutWhatTheySay: which wait, which are over and why; none of it to who lacks one of the scopes.
func TestMessagesAreShownWithoutWhatTheySay(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		waiting, over := a.letter(t, bob), a.overLetter(t)
		token := a.token(t, a.admin, "admin:system:read", "admin:users:read")
		const fields = `{totalCount{value} nodes{id kind state to attempts failure sentAt user{username}}}`
		all := a.query(t, token, `{mailMessages`+fields+`}`, nil)
		if all.at("mailMessages", "totalCount", "value") != float64(2) || strings.Contains(all.body, "SEALED") {
			t.Errorf("all: %s", all.body)
		}
		for filter, want := range map[string]string{
			`{state:WAITING}`:                                       `"id":"` + model.KindMail.ID(waiting.ID) + `","kind":"recovery","state":"WAITING","to":"bob@id.example","attempts":1,"failure":"unreachable","sentAt":null,"user":{"username":"bob"}`,
			`{state:GIVEN_UP,kind:"recovery"}`:                      `"failure":"smtp_550"`,
			`{userId:"` + model.KindUser.ID(bob.ID) + `"}`:          `"username":"bob"`,
			`{createdAt:{lt:"` + a.now.Format(time.RFC3339) + `"}}`: `"nodes":[]`,
		} {
			if got := a.query(t, token, `{mailMessages(filter:`+filter+`)`+fields+`}`, nil); !strings.Contains(got.body, want) {
				t.Errorf("%s: %s", filter, got.body)
			}
		}
		one := a.query(t, token, `{mailMessage(id:"`+model.KindMail.ID(over.ID)+`"){state} node(id:"`+model.KindMail.ID(over.ID)+`"){__typename}}`, nil)
		if one.at("mailMessage", "state") != "GIVEN_UP" || one.at("node", "__typename") != "MailMessage" {
			t.Errorf("one: %s", one.body)
		}
		for _, scope := range []string{"admin:system:read", "admin:users:read"} {
			if got := a.query(t, a.token(t, a.admin, scope), `{mailMessages{nodes{to}}}`, nil); len(got.Errors) == 0 {
				t.Errorf("with %s alone: %s", scope, got.body)
			}
		}
		writer := a.token(t, a.admin, "admin:system:write", "admin:system:read", "admin:users:read")
		const retry = `mutation($id:ID!){retryMail(input:{id:$id}){mailMessage{state} userErrors{code}}}`
		if got := a.query(t, writer, retry, map[string]any{"id": model.KindMail.ID(waiting.ID)}); got.at("retryMail", "mailMessage", "state") != "WAITING" {
			t.Errorf("retry: %s", got.body)
		}
		if _, due, err := a.domain.Jobs.Claim(t.Context(), []string{"mail.send"}, nil); err != nil || !due {
			t.Errorf("what is tried again is due %v, %v", due, err)
		}
		nobodys := a.letter(t, identity.User{Email: "carol@id.example"})
		got := a.query(t, writer, `mutation($id:ID!){retryMail(input:{id:$id}){mailMessage{to user{id}} userErrors{code}}}`,
			map[string]any{"id": model.KindMail.ID(nobodys.ID)})
		if !strings.Contains(got.body, `{"mailMessage":{"to":"carol@id.example","user":null},"userErrors":[]}`) {
			t.Errorf("retry of a message to somebody without an account: %s", got.body)
		}
		if got := a.query(t, writer, retry, map[string]any{"id": model.KindMail.ID(over.ID)}); !strings.Contains(got.body, "MAIL_OVER") {
			t.Errorf("retry of what is over: %s", got.body)
		}
	})
}

// TestATestGoesToAVerifiedAddress and is limited.
func TestATestGoesToAVerifiedAddress(t *testing.T) {
	t.Parallel()
	eachDatabase(t, nil, func(t *testing.T, a *api) {
		bob := a.user(t, admin.NewUser{Username: "bob", Email: "bob@id.example"})
		writer := a.token(t, a.admin, "admin:system:write", "admin:system:read", "admin:users:read")
		send := func(u identity.User) reply {
			return a.query(t, writer, `mutation($id:ID!){sendTestEmail(input:{userId:$id}){mailMessage{kind to state} userErrors{code}}}`,
				map[string]any{"id": model.KindUser.ID(u.ID)})
		}
		if got := send(bob); !strings.Contains(got.body, "EMAIL_UNVERIFIED") {
			t.Errorf("to an address that is not verified: %s", got.body)
		}
		yes := true
		carol := a.user(t, admin.NewUser{Username: "carol", Email: "carol@id.example", Verified: yes})
		if got := send(carol); got.at("sendTestEmail", "mailMessage", "to") != "carol@id.example" {
			t.Errorf("to her: %s", got.body)
		}
		refused := false
		for range 10 {
			refused = refused || strings.Contains(send(carol).body, "RATE_LIMIT_EXCEEDED")
		}
		if !refused {
			t.Error("there is no limit")
		}
	})
}
