package seed

import (
	"context"
	"fmt"
	"math/rand/v2" //nolint:depguard // made-up people need no secrets
	"strings"
	"time"

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
	m := maker{
		now: source.Now(), hash: hash, source: source, sessions: o.Sessions,
		random: rand.New(rand.NewPCG(o.Number, o.Number)), //nolint:gosec // made-up people need no secrets
	}
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
	random   *rand.Rand
	source   identity.Source
	sessions int
}

// id makes ids of the time that a row pretends to be from, so that they are ordered as real ones would be.
func (m *maker) id(t time.Time) uuid.UUID {
	return identity.Source{Clock: func() time.Time { return t }, Random: m.source.Random}.NewID()
}

func (m *maker) pick(list []string) string { return list[m.random.IntN(len(list))] }

func (m *maker) ago(most time.Duration) time.Time {
	return m.now.Add(-time.Duration(m.random.Int64N(int64(most)))).Truncate(time.Microsecond)
}

func (m *maker) batch(from, n int) ([]identity.User, []identity.Session) {
	users := make([]identity.User, n)
	var sessions []identity.Session
	for i := range users {
		users[i] = m.user(from + i)
		for range m.random.IntN(2*m.sessions + 1) {
			sessions = append(sessions, m.session(users[i]))
		}
	}
	return users, sessions
}

func (m *maker) user(number int) identity.User {
	given, family := m.pick(givenNames), m.pick(familyNames)
	created := m.ago(2 * 365 * 24 * time.Hour).Truncate(time.Second) // so that some are of the same moment
	login := fmt.Sprintf("%s.%s.%d", strings.ToLower(given), strings.ToLower(family), number)
	u := identity.User{
		ID: m.id(created), Username: login, Email: login + "@" + m.pick(domains),
		Password: identity.PasswordCredential{Hash: m.hash, ChangedAt: &created},
		Active:   m.random.IntN(50) > 0, Verified: m.random.IntN(10) > 0, RequiresPasswordChange: m.random.IntN(100) == 0,
		CreatedBy: "seed", CreatedAt: created, UpdatedAt: created, Version: 1,
		Claims: identity.Claims{
			GivenName: given, FamilyName: family, Locale: m.pick(locales), Zoneinfo: m.pick(zones),
			Birthdate: fmt.Sprintf("%04d-%02d-%02d", 1940+m.random.IntN(65), 1+m.random.IntN(12), 1+m.random.IntN(28)),
		},
	}
	if m.random.IntN(4) > 0 { // the others have never signed in
		last := m.now.Add(-time.Duration(m.random.Int64N(int64(m.now.Sub(created)) + 1))).Truncate(time.Second)
		u.LastLoginAt, u.LastLoginIP = &last, m.address()
	}
	return u
}

func (m *maker) address() string {
	return fmt.Sprintf("203.0.113.%d", m.random.IntN(256))
}

func (m *maker) session(u identity.User) identity.Session {
	created := m.ago(40 * 24 * time.Hour)
	expires := created.Add(30 * 24 * time.Hour)
	session := identity.Session{
		ID: m.id(created), UserID: u.ID, CreatedAt: created, LastActiveAt: created, AuthTime: created, ExpiresAt: expires,
		MaxExpiresAt: expires, IP: m.address(), UserAgent: m.pick(agents), AMR: []string{"pwd"}, Level: identity.LevelOne,
	}
	secret := m.source.NewID() // nobody has the cookie: the digest is of nothing that was ever handed out
	session.Digest = append(append([]byte{}, secret[:]...), session.ID[:]...)
	if m.random.IntN(5) == 0 {
		ended := created.Add(time.Hour)
		session.EndedAt, session.EndReason = &ended, identity.EndLogout
	}
	return session
}

// What the made-up people are made of.
var (
	givenNames = []string{
		"Anna", "Bjorn", "Chen", "Dagny", "Emre", "Fatima", "Giulia", "Hiro", "Ingrid", "Jamal", "Katarzyna", "Lars", "Mei", "Nils", "Olga",
		"Pedro", "Quentin", "Rosa", "Sanjay", "Tove", "Umar", "Viktor", "Wanda", "Xiomara", "Yusuf", "Zofia",
	}
	familyNames = []string{
		"Andersen", "Bakke", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ivanov", "Johansen", "Kowalski", "Larsen", "Mueller",
		"Nguyen", "Olsen", "Patel", "Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Vasquez", "Wang", "Xu", "Yilmaz", "Zhang",
	}
	domains = []string{"example.org", "example.com", "example.net"}
	locales = []string{"nb-NO", "en-GB", "de-DE", "pt-BR", "ja-JP", ""}
	zones   = []string{"Europe/Oslo", "Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo"}
	agents  = []string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
	}
)
