package seed

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/brianvoe/gofakeit/v7"
	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// Store takes many rows at once. Only test data is written this way: no audit events, no checks of single rows.
type Store interface {
	InsertUsers(ctx context.Context, users []identity.User) error
	InsertSessions(ctx context.Context, sessions []identity.Session) error
	// Analyze lets the database look at its data again.
	Analyze(ctx context.Context) error
}

// Options say how much test data is wanted.
type Options struct {
	Users    int
	Sessions int    // of each user on average, 0 to 100
	Password string // of every user; one hash is shared, because hashing a million takes half a day
	Number   uint64 // the same number makes the same people
}

// batchSize is how many rows go into one statement.
const batchSize = 500

// Run makes up people that look real: dates of the last two years, ties and gaps in every column that lists are ordered
// by. progress is called with how many users there are so far. Bad options are an Invalid error, and nothing is written.
func Run(
	ctx context.Context, into Store, hasher identity.PasswordHasher, source identity.Source, o Options, progress func(done int),
) error {
	if o.Users < 1 || o.Sessions < 0 || o.Sessions > 100 {
		return identity.InvalidField("users", "Must be at least 1, with 0 to 100 sessions each.")
	}
	hash, err := hasher.Hash(ctx, o.Password)
	if err != nil {
		return err
	}
	m := maker{now: source.Now(), hash: hash, fake: gofakeit.New(o.Number), random: source, sessions: o.Sessions}
	for done := 0; done < o.Users; {
		n := min(batchSize, o.Users-done)
		users, sessions := m.batch(done, n)
		if err := into.InsertUsers(ctx, users); err != nil {
			return fmt.Errorf("seed users: %w", err)
		}
		for len(sessions) > 0 {
			some := min(batchSize, len(sessions))
			if err := into.InsertSessions(ctx, sessions[:some]); err != nil {
				return fmt.Errorf("seed sessions: %w", err)
			}
			sessions = sessions[some:]
		}
		done += n
		progress(done)
	}
	return into.Analyze(ctx)
}

type maker struct {
	now      time.Time
	hash     string
	fake     *gofakeit.Faker
	random   identity.Source
	sessions int
}

// id makes an id of the time that a row pretends to be from, so that rows are ordered as real ones would be.
func (m *maker) id(t time.Time) uuid.UUID {
	return identity.Source{Clock: func() time.Time { return t }, Random: m.random.Random}.NewID()
}

// ago returns a time within the last days before now.
func (m *maker) ago(days int) time.Time {
	return m.fake.DateRange(m.now.AddDate(0, 0, -days), m.now).UTC().Truncate(time.Microsecond)
}

// chance reports true once in n times.
func (m *maker) chance(n int) bool { return m.fake.IntRange(1, n) == 1 }

func (m *maker) batch(from, n int) ([]identity.User, []identity.Session) {
	users := make([]identity.User, n)
	var sessions []identity.Session
	for i := range users {
		users[i] = m.user(from + i)
		for range m.fake.IntRange(0, 2*m.sessions) {
			sessions = append(sessions, m.session(users[i]))
		}
	}
	return users, sessions
}

func (m *maker) user(number int) identity.User {
	given, family := m.fake.FirstName(), m.fake.LastName()
	created := m.ago(2 * 365).Truncate(time.Second) // so that some are of the same moment
	login := fmt.Sprintf("%s.%s.%d", strings.ToLower(given), strings.ToLower(family), number)
	u := identity.User{
		ID: m.id(created), Username: login, Email: login + "@" + m.fake.RandomString([]string{"example.org", "example.com", "example.net"}),
		Password: identity.PasswordCredential{Hash: m.hash, ChangedAt: &created},
		Active:   !m.chance(50), Verified: !m.chance(10), RequiresPasswordChange: m.chance(100),
		CreatedBy: "seed", CreatedAt: created, UpdatedAt: created, Version: 1,
		Claims: identity.Claims{
			GivenName: given, FamilyName: family, Locale: m.fake.RandomString([]string{"nb-NO", "en-GB", "de-DE", "pt-BR", "ja-JP", ""}),
			Zoneinfo: m.fake.TimeZoneRegion(), Birthdate: m.fake.DateRange(m.now.AddDate(-85, 0, 0), m.now.AddDate(-18, 0, 0)).Format(time.DateOnly),
		},
	}
	if !m.chance(4) { // the others have never signed in
		last := m.fake.DateRange(created, m.now).UTC().Truncate(time.Second)
		u.LastLoginAt, u.LastLoginIP = &last, m.address()
	}
	return u
}

// address returns one of the addresses that are for documentation (RFC 5737 §3).
func (m *maker) address() string { return fmt.Sprintf("203.0.113.%d", m.fake.IntRange(0, 255)) }

func (m *maker) session(u identity.User) identity.Session {
	created := m.ago(40)
	expires := created.AddDate(0, 0, 30)
	session := identity.Session{
		ID: m.id(created), UserID: u.ID, CreatedAt: created, LastActiveAt: created, ExpiresAt: expires,
		MaxExpiresAt: expires, IP: m.address(), UserAgent: m.fake.UserAgent(),
	}
	session.SetAssurance(identity.Assure(identity.Factor{Kind: identity.CredentialPassword, At: created}))
	secret := m.random.NewID() // nobody has the cookie: the digest is of nothing that was ever handed out
	session.Digest = append(append([]byte{}, secret[:]...), session.ID[:]...)
	if m.chance(5) {
		ended := created.Add(time.Hour)
		session.EndedAt, session.EndReason = &ended, identity.EndLogout
	}
	return session
}
