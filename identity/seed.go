package identity

import (
	"context"
	"fmt"
	"math/rand/v2" //nolint:depguard // made-up people need no secrets
	"strings"
	"time"

	"github.com/google/uuid"
)

// SeedStore takes many rows at once. Only test data is written this way: no audit events, no checks of single rows.
type SeedStore interface {
	InsertUsers(ctx context.Context, users []User) error
	InsertSessions(ctx context.Context, sessions []Session) error
	// Analyze lets the database look at its data again.
	Analyze(ctx context.Context) error
}

// Seed says how much test data is wanted.
type Seed struct {
	Users    int
	Sessions int    // of each user on average
	Password string // of every user; one hash is shared, because hashing a million takes half a day
	Number   uint64 // the same number makes the same people
}

// seedBatch is how many rows go into one statement.
const seedBatch = 500

// SeedUsers makes up people that look real: names of several languages, dates of the last two years, ties and gaps in
// every column that lists are ordered by. progress hears how many users there are so far.
func (d *Domain) SeedUsers(ctx context.Context, into SeedStore, seed Seed, progress func(done int)) error {
	if err := requireScope(ctx, ScopeUsersWrite); err != nil {
		return err
	}
	if seed.Users < 1 || seed.Sessions < 0 || seed.Sessions > 100 {
		return InvalidField("users", "Must be at least 1, with 0 to 100 sessions each.")
	}
	hash, err := d.deps.Hasher.Hash(ctx, seed.Password)
	if err != nil {
		return err
	}
	maker := seeder{
		now: d.Source.Now(), hash: hash, random: rand.New(rand.NewPCG(seed.Number, seed.Number)), //nolint:gosec // made-up people
		source: d.Source, sessions: seed.Sessions,
	}
	for done := 0; done < seed.Users; {
		n := min(seedBatch, seed.Users-done)
		users, sessions := maker.batch(done, n)
		if err := into.InsertUsers(ctx, users); err != nil {
			return fmt.Errorf("seed users: %w", err)
		}
		for len(sessions) > 0 {
			some := min(seedBatch, len(sessions))
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

type seeder struct {
	now      time.Time
	hash     string
	random   *rand.Rand
	source   Source
	sessions int
}

// at makes ids of the time that a row pretends to be from, so that they are ordered as real ones would be.
func (s *seeder) at(t time.Time) uuid.UUID {
	return Source{Clock: func() time.Time { return t }, Random: s.source.Random}.NewID()
}

func (s *seeder) pick(list []string) string { return list[s.random.IntN(len(list))] }

func (s *seeder) ago(most time.Duration) time.Time {
	return s.now.Add(-time.Duration(s.random.Int64N(int64(most)))).Truncate(time.Microsecond)
}

func (s *seeder) batch(from, n int) ([]User, []Session) {
	users := make([]User, n)
	var sessions []Session
	for i := range users {
		users[i] = s.user(from + i)
		for range s.random.IntN(2*s.sessions + 1) {
			sessions = append(sessions, s.session(users[i]))
		}
	}
	return users, sessions
}

func (s *seeder) user(number int) User {
	given, family := s.pick(seedGiven), s.pick(seedFamily)
	created := s.ago(2 * 365 * 24 * time.Hour).Truncate(time.Second) // so that some are of the same moment
	login := fmt.Sprintf("%s.%s.%d", strings.ToLower(given), strings.ToLower(family), number)
	u := User{
		ID: s.at(created), Username: login, Email: login + "@" + s.pick(seedDomains), PasswordHash: s.hash, PasswordChangedAt: &created,
		Active: s.random.IntN(50) > 0, Verified: s.random.IntN(10) > 0, RequiresPasswordChange: s.random.IntN(100) == 0,
		CreatedBy: "seed", CreatedAt: created, UpdatedAt: created, Version: 1,
		Claims: Claims{
			GivenName: given, FamilyName: family, Locale: s.pick(seedLocales), Zoneinfo: s.pick(seedZones),
			Birthdate: fmt.Sprintf("%04d-%02d-%02d", 1940+s.random.IntN(65), 1+s.random.IntN(12), 1+s.random.IntN(28)),
		},
	}
	if s.random.IntN(4) > 0 { // the others have never signed in
		last := s.now.Add(-time.Duration(s.random.Int64N(int64(s.now.Sub(created)) + 1))).Truncate(time.Second)
		u.LastLoginAt, u.LastLoginIP = &last, s.address()
	}
	return u
}

func (s *seeder) address() string {
	return fmt.Sprintf("203.0.113.%d", s.random.IntN(256))
}

func (s *seeder) session(u User) Session {
	created := s.ago(40 * 24 * time.Hour)
	expires := created.Add(30 * 24 * time.Hour)
	session := Session{
		ID: s.at(created), UserID: u.ID, CreatedAt: created, LastActiveAt: created, ExpiresAt: expires, MaxExpiresAt: expires,
		IP: s.address(), UserAgent: s.pick(seedAgents),
	}
	session.assure(Assure(Factor{Kind: CredentialPassword, At: created}))
	secret := s.source.NewID() // nobody has the cookie: the digest is of nothing that was ever handed out
	session.Digest = append(append([]byte{}, secret[:]...), session.ID[:]...)
	if s.random.IntN(5) == 0 {
		ended := created.Add(time.Hour)
		session.EndedAt, session.EndReason = &ended, EndLogout
	}
	return session
}

// What the made-up people are made of.
var (
	seedGiven = []string{ // a constant
		"Anna", "Bjorn", "Chen", "Dagny", "Emre", "Fatima", "Giulia", "Hiro", "Ingrid", "Jamal", "Katarzyna", "Lars", "Mei", "Nils", "Olga",
		"Pedro", "Quentin", "Rosa", "Sanjay", "Tove", "Umar", "Viktor", "Wanda", "Xiomara", "Yusuf", "Zofia",
	}
	seedFamily = []string{ // a constant
		"Andersen", "Bakke", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ivanov", "Johansen", "Kowalski", "Larsen", "Mueller",
		"Nguyen", "Olsen", "Patel", "Quist", "Rossi", "Sato", "Tanaka", "Ueda", "Vasquez", "Wang", "Xu", "Yilmaz", "Zhang",
	}
	seedDomains = []string{"example.org", "example.com", "example.net"}                       // a constant
	seedLocales = []string{"nb-NO", "en-GB", "de-DE", "pt-BR", "ja-JP", ""}                   // a constant
	seedZones   = []string{"Europe/Oslo", "Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo"} // a constant
	seedAgents  = []string{                                                                   // a constant
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
	}
)
