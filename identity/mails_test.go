package identity_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

// postbox takes messages, unless it is shut.
type postbox struct {
	taken []identity.MailMessage
	shut  error
}

func (p *postbox) SendMail(_ context.Context, m identity.MailMessage, c identity.MailContent) error {
	if c.Username == "" {
		return errors.New("about nobody")
	}
	if p.shut == nil {
		p.taken = append(p.taken, m)
	}
	return p.shut
}

// forgetful loses what became of a message, as a process does that is killed before it could write that.
type forgetful struct{ identity.Store }

func (forgetful) SaveMail(context.Context, identity.MailMessage) (bool, error) {
	return false, identity.ErrUnavailable
}

// withPostbox returns a fixture with a verified user whose password was replaced.
func withPostbox(t *testing.T) (*fixture, *postbox, identity.User) {
	t.Helper()
	f, box := newFixture(t), &postbox{}
	f.deps.Mail = box
	f.deps.Store = identity.WithNotices(f.deps)
	f.Domain = identity.New(f.deps)
	f.admin = admin.New(f.deps, f.Domain.SigningKeys)
	user, _, err := f.admin.Users.Create(f.ctx, admin.NewUser{
		Username: "bob", Email: "bob@example.org", Password: "correct horse battery", Verified: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	password := "another horse and battery"
	if _, err := f.admin.Users.Update(f.ctx, user.ID, admin.UserChange{Password: &password}, nil); err != nil {
		t.Fatal(err)
	}
	return f, box, user
}

// sendMail makes one attempt at the message that waits.
func (f *fixture) sendMail(t *testing.T) identity.JobEnd {
	t.Helper()
	job, found, err := f.Jobs.Claim(f.ctx, []string{"mail.send"}, nil)
	if err != nil || !found {
		t.Fatalf("no message waits: %v", err)
	}
	end, _ := f.Jobs.Run(f.ctx, job)
	return end
}

func TestAMessageOfAKilledProcessIsSentAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	f, box, _ := withPostbox(t)
	healthy := f.Domain
	broken := f.deps
	broken.Store = forgetful{f.deps.Store}
	f.Domain = identity.New(broken)
	if end := f.sendMail(t); end == identity.JobSucceeded {
		t.Fatalf("the attempt ended with %s", end)
	}
	f.Domain = healthy
	f.advance(time.Minute)
	if end := f.sendMail(t); end != identity.JobSucceeded {
		t.Fatalf("the attempt ended with %s", end)
	}
	if len(box.taken) != 2 || box.taken[0].ID != box.taken[1].ID || box.taken[0].To != "bob@example.org" {
		t.Errorf("taken: %+v", box.taken)
	}
}

func TestAMessageIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	f, box, user := withPostbox(t)
	box.shut = errors.New("away")
	for end := identity.JobRetried; end != identity.JobGivenUp; f.advance(time.Hour) {
		if end = f.sendMail(t); end != identity.JobRetried && end != identity.JobGivenUp {
			t.Fatalf("an attempt ended with %s", end)
		}
	}
	events, err := f.store.AuditEvents(f.ctx, identity.AuditQuery{
		Filter: identity.AuditFilter{Actions: []identity.Action{identity.ActionMailFailed}}, Range: identity.KeysetRange{Limit: 2},
	})
	if err != nil || len(events) != 1 || events[0].Item.TargetID != user.ID.String() || events[0].Item.Reason != "unreachable" {
		t.Errorf("the trail says %+v (%v)", events, err)
	}
	if len(box.taken) != 0 {
		t.Errorf("taken: %+v", box.taken)
	}
}

func TestAMessageToAUserWhoIsGoneIsNotSent(t *testing.T) {
	t.Parallel()
	f, box, user := withPostbox(t)
	if _, err := f.admin.Users.Delete(f.ctx, user.ID, admin.DeleteUserOptions{}); err != nil {
		t.Fatal(err)
	}
	if end := f.sendMail(t); end != identity.JobSucceeded || len(box.taken) != 0 {
		t.Errorf("the attempt ended with %s; taken: %+v", end, box.taken)
	}
}
