package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	_ "github.com/authly/authly/internal/server" // for the driver of PostgreSQL
)

const (
	connections = 50
	users       = 20
	password    = "velvet otter 19 canyon"
	secret      = "a-client-secret-of-the-flood-of-40-chars"
	stranger    = "203.0.113.66"
)

func main() {
	seconds := flag.Int("seconds", 60, "how long to measure, quiet and during the flood")
	database := flag.String("database", "", "an empty database of PostgreSQL, instead of SQLite in a temporary folder")
	flag.Parse()
	if err := run(*database, time.Duration(*seconds)*time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "flood:", err)
		os.Exit(1)
	}
}

func run(database string, length time.Duration) (err error) {
	folder, err := os.MkdirTemp("", "authly-flood-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	file := filepath.Join(folder, "authly.db")
	if database == "" {
		database = "sqlite:" + file
	}
	site, stop, err := start(folder, database)
	if err != nil {
		return err
	}
	defer stop()
	quiet := site.measure(length)
	before, err := size(database, file)
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(context.Background())
	sent := site.flood(ctx)
	loud := site.measure(length)
	end()
	after, err := size(database, file)
	if err != nil {
		return err
	}
	return report(os.Stdout, quiet, loud, sent.String(), float64(after-before)/(1<<20))
}

// site is a running server.
type site struct {
	base   string
	client *http.Client
}

// start builds the program and runs it with users and a client.
func start(folder, database string) (*site, func(), error) {
	path := filepath.Join(folder, "authly")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/authly/authly/cmd/authly").CombinedOutput(); err != nil {
		return nil, nil, fmt.Errorf("build authly: %w: %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	env := append(os.Environ(), "AUTHLY_ISSUER=http://"+address, "AUTHLY_LISTEN="+address, "AUTHLY_METRICS_ADDR=off",
		"AUTHLY_DATABASE_URL="+database, "AUTHLY_SECRET_KEY=flood-root-secret-flood-root-secret",
		"AUTHLY_TRUSTED_PROXIES=127.0.0.1", "AUTHLY_ADMIN_PASSWORD=correct horse battery 42", "AUTHLY_LOG_LEVEL=error")
	command := func(args ...string) *exec.Cmd {
		cmd := exec.Command(path, args...)
		cmd.Env, cmd.Stderr = env, os.Stderr
		return cmd
	}
	if err := command("migrate", "up").Run(); err != nil {
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	apply := command("apply", "-f", "-")
	apply.Stdin = strings.NewReader(declaration())
	if err := apply.Run(); err != nil {
		return nil, nil, fmt.Errorf("apply: %w", err)
	}
	serve := command("serve")
	serve.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := serve.Start(); err != nil {
		return nil, nil, err
	}
	s := &site{base: "http://" + address, client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2 * connections},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	stop := func() { _ = serve.Process.Signal(syscall.SIGTERM); _ = serve.Wait() }
	for range 500 {
		if s.send(context.Background(), request{path: "/health/ready"}) == http.StatusOK {
			return s, stop, nil
		}
		<-time.After(20 * time.Millisecond)
	}
	stop()
	return nil, nil, errors.New("the server does not get ready")
}

func declaration() string {
	var b strings.Builder
	b.WriteString("users:\n")
	for i := range users {
		fmt.Fprintf(&b, "  - {username: person%d, email: person%d@example.org, password: %q}\n", i, i, password)
	}
	b.WriteString("clients:\n  - {client_id: machine, client_secret: " + secret + ", grant_types: [client_credentials], " +
		"token_endpoint_auth_method: client_secret_basic}\n  - {client_id: web, client_secret: " + secret +
		", redirect_uris: ['https://app.example.org/cb'], grant_types: [authorization_code], response_types: [code], scope: openid, " +
		"token_endpoint_auth_method: client_secret_basic}\n")
	return b.String()
}

// request is one that somebody sends from an address.
type request struct {
	path, from, client, secret string
	form                       url.Values
}

// send returns the status, or 0.
func (s *site) send(ctx context.Context, r request) int {
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if r.form != nil {
		method, body = http.MethodPost, strings.NewReader(r.form.Encode())
	}
	q, err := http.NewRequestWithContext(ctx, method, s.base+r.path, body)
	if err != nil {
		return 0
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("X-Forwarded-For", r.from)
	if r.client != "" {
		q.SetBasicAuth(r.client, r.secret)
	}
	response, err := s.client.Do(q)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// kinds is what other people and programs do.
var kinds = []string{"sign-in", "token", "introspection"}

func (s *site) other(kind string, n int) (r request, want int) {
	from := fmt.Sprintf("198.51.%d.%d", n/200%200, n%200)
	switch kind {
	case "sign-in":
		return request{path: "/login", from: from, form: url.Values{"username": {fmt.Sprint("person", n%users)}, "password": {password}}}, 303
	case "token":
		return request{path: "/api/v1/oauth/token", from: from, client: "machine", secret: secret, form: url.Values{"grant_type": {"client_credentials"}}}, 200
	}
	return request{path: "/api/v1/oauth/introspect", from: from, client: "web", secret: secret, form: url.Values{"token": {"unknown"}}}, 200
}

// figures are what somebody noticed of one kind.
type figures struct {
	p50, p95 time.Duration
	count    int
	failures map[int]int
}

// measure lets others do each kind at a steady rate.
func (s *site) measure(length time.Duration) map[string]figures {
	result := map[string]figures{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, kind := range kinds {
		group.Go(func() {
			f := s.steadily(kind, length)
			mu.Lock()
			defer mu.Unlock()
			result[kind] = f
		})
	}
	group.Wait()
	return result
}

func (s *site) steadily(kind string, length time.Duration) figures {
	every := 20 * time.Millisecond
	if kind == "sign-in" {
		every = 250 * time.Millisecond
	}
	f := figures{failures: map[int]int{}}
	var times []time.Duration
	for began, n := time.Now(), 0; time.Since(began) < length; n++ {
		r, want := s.other(kind, n)
		sent := time.Now()
		if status := s.send(context.Background(), r); status != want {
			f.failures[status]++
		}
		took := time.Since(sent)
		times = append(times, took)
		<-time.After(every - took)
	}
	slices.Sort(times)
	f.count, f.p50, f.p95 = len(times), times[len(times)/2], times[len(times)*95/100]
	return f
}

// answers counts what the stranger was answered.
type answers struct {
	mu       sync.Mutex
	statuses map[int]int
}

func (a *answers) count(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.statuses[status]++
}

// String tells what was answered so far.
func (a *answers) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return fmt.Sprint(a.statuses)
}

// flood sends from one address whatever costs most, until the context ends.
func (s *site) flood(ctx context.Context) *answers {
	a := &answers{statuses: map[int]int{}}
	var n atomic.Int64
	authorize := "/api/v1/oauth/authorize?response_type=code&client_id=web&redirect_uri=https%3A%2F%2Fapp.example.org%2Fcb&scope=openid" +
		"&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&state=" + strings.Repeat("s", 2000)
	for range connections {
		go func() {
			for ctx.Err() == nil {
				i := n.Add(1)
				kind := []request{
					{path: "/login", form: url.Values{"username": {fmt.Sprint("person", i%1000)}, "password": {"wrong"}}},
					{path: authorize},
					{path: "/api/v1/oauth/token", client: "machine", secret: "wrong", form: url.Values{"grant_type": {"client_credentials"}}},
					{path: "/.well-known/openid-configuration"},
				}[i%4]
				kind.from = stranger
				a.count(s.send(ctx, kind))
			}
		}()
	}
	return a
}

// size returns the bytes of the database: of SQLite with its log, of PostgreSQL without, which all databases share.
func size(database, file string) (int64, error) {
	if !strings.HasPrefix(database, "sqlite:") {
		db, err := sql.Open("pgx", database)
		if err != nil {
			return 0, err
		}
		var total int64
		err = db.QueryRowContext(context.Background(), "SELECT pg_database_size(current_database())").Scan(&total)
		return total, errors.Join(err, db.Close())
	}
	var total int64
	for _, name := range []string{file, file + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			total += info.Size()
		}
	}
	return total, nil
}

// report prints what was measured and returns what is beyond the bounds.
func report(w io.Writer, quiet, loud map[string]figures, sent string, grown float64) error {
	var faults []error
	fmt.Fprintf(w, "%-14s %10s %10s %10s %10s %6s\n", "", "quiet p50", "p95", "flood p50", "p95", "p95 x")
	for _, kind := range kinds {
		q, l := quiet[kind], loud[kind]
		ratio, most := float64(l.p95)/float64(q.p95), 3.0
		if kind == "sign-in" {
			most = 2
		}
		ms := func(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/1e6) }
		fmt.Fprintf(w, "%-14s %10s %10s %10s %10s %6.2f  %d requests\n", kind, ms(q.p50), ms(q.p95), ms(l.p50), ms(l.p95), ratio, l.count)
		if ratio > most {
			faults = append(faults, fmt.Errorf("%s takes %.2f times as long, at most %.0f allowed", kind, ratio, most))
		}
		if len(l.failures) > 0 {
			faults = append(faults, fmt.Errorf("%s: failures %v", kind, l.failures))
		}
	}
	fmt.Fprintf(w, "the stranger was answered %s; the database grew by %.2f MiB\n", sent, grown)
	if grown >= 1 {
		faults = append(faults, errors.New("the database grew by a MiB or more"))
	}
	return errors.Join(faults...)
}
