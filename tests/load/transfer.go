package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// transferClient imports, exports and changes users.
const (
	transferClient = "transfers"
	writerClient   = "writer" // with points of its own
	transferScopes = "admin:users:read admin:users:write admin:jobs:read admin:jobs:write"

	transferPoll  = 200 * time.Millisecond
	mostTransfer  = 3 * time.Hour          // of one import or export, with the wait for the lease of the killed server
	changedPeople = 100                    // who are changed while an export runs
	writerPause   = 125 * time.Millisecond // a caller may change about ten users a second
)

// TransferRun is what the transfers of one database came to.
type TransferRun struct {
	Database string    `json:"database"`
	Rows     int       `json:"rows"`
	Import   []Stretch `json:"import"` // before the kill, after it
	Export   []Stretch `json:"export"`
	Changes  int       `json:"changes"` // users who were changed or created while the export ran
}

// Stretch is a part of a transfer that one process did.
type Stretch struct {
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"` // from its first portion to its last
	PeakMiB float64 `json:"peak_mib"`
}

func (s Stretch) perSecond() float64 {
	if s.Seconds == 0 {
		return 0
	}
	return float64(s.Rows) / s.Seconds
}

// transfersOf measures each database, and says whether all is well.
func transfersOf(ctx context.Context, p plan, program program, result Result, folder string, stdout, stderr io.Writer) error {
	var fault error
	for _, name := range p.databases {
		one, err := transfers(ctx, program, name, p.transfer, folder, stderr)
		if err != nil {
			return fmt.Errorf("%s with %d rows: %w", name, p.transfer, err)
		}
		writeTransfers(stdout, one)
		result.Transfers = append(result.Transfers, one)
		for _, s := range slices.Concat(one.Import, one.Export) {
			if s.PeakMiB > budgetTransferMiB {
				fault = fmt.Errorf("%s: the server took %.0f MiB, and the budget is %d", name, s.PeakMiB, budgetTransferMiB)
			}
		}
	}
	return errors.Join(conclude(p, result, stdout), fault)
}

// writeTransfers prints what one database came to.
func writeTransfers(w io.Writer, r TransferRun) {
	fmt.Fprintf(w, "\n### %s, %d rows, %d users changed meanwhile\n\n| | Rows | Rows per second | Peak MiB |\n|---|---:|---:|---:|\n",
		r.Database, r.Rows, r.Changes)
	for i, s := range slices.Concat(r.Import, r.Export) {
		what := []string{"import, before the kill", "import, after it", "export, before the kill", "export, after it"}[i]
		fmt.Fprintf(w, "| %s | %d | %.0f | %.0f |\n", what, s.Rows, s.perSecond(), s.PeakMiB)
	}
}

// transfers imports rows into a fresh database and exports them again while users are changed. In the middle of each the server
// is killed, and started again: each row must be there once.
func transfers(ctx context.Context, program program, name string, rows int, folder string, stderr io.Writer) (r TransferRun, err error) {
	r = TransferRun{Database: name, Rows: rows}
	note := func(what string, args ...any) {
		fmt.Fprintf(stderr, "load: %s, %d rows: %s\n", name, rows, fmt.Sprintf(what, args...))
	}
	db, err := create(ctx, name, folder)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.drop(context.WithoutCancel(ctx))) }()
	if program, err = program.on(db.url); err != nil {
		return r, err
	}
	if err := program.command(ctx, "", stderr, "migrate", "up"); err != nil {
		return r, err
	}
	if err := program.command(ctx, transferDeclaration(), stderr, "apply", "-f", "-"); err != nil {
		return r, err
	}
	m := &mover{program: program, note: note}
	if err := m.start(ctx); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, m.server.stop()) }()
	id, err := m.askImport(ctx, rows)
	if err != nil {
		return r, fmt.Errorf("ask for the import: %w", err)
	}
	if r.Import, err = m.follow(ctx, id, rows); err != nil {
		return r, fmt.Errorf("import: %w", err)
	}
	if err := m.checkImport(ctx, db, rows); err != nil {
		return r, err
	}
	if err := m.again(ctx); err != nil { // so that the peak is of the export alone
		return r, err
	}
	if id, err = m.askExport(ctx); err != nil {
		return r, fmt.Errorf("ask for the export: %w", err)
	}
	stop, err := m.write(ctx)
	if err != nil {
		return r, err
	}
	r.Export, err = m.follow(ctx, id, rows)
	r.Changes = stop()
	if err != nil {
		return r, fmt.Errorf("export: %w", err)
	}
	return r, m.checkExport(ctx, id, rows)
}

// transferDeclaration is what authly apply gets.
func transferDeclaration() string {
	client := func(id string) string {
		return fmt.Sprintf("{client_id: %s, client_name: Transfers, client_secret: %s, grant_types: [client_credentials], "+
			"response_types: [], scope: %q, service_admin: true}", id, clientSecret, transferScopes)
	}
	return "clients: [" + client(transferClient) + ", " + client(writerClient) + "]\n"
}

// mover drives the transfers of one server.
type mover struct {
	program program
	server  *server
	client  *connection
	bearer  string
	note    func(what string, args ...any)
}

// start starts the server and signs in.
func (m *mover) start(ctx context.Context) error {
	server, _, err := m.program.start(ctx)
	if err != nil {
		return err
	}
	m.server, m.client = server, newConnection(server.base)
	m.bearer, err = m.client.bearerOf(ctx, transferClient)
	return err
}

func (c *connection) bearerOf(ctx context.Context, client string) (string, error) {
	t, err := c.token(ctx, client, url.Values{"grant_type": {"client_credentials"}, "scope": {transferScopes}})
	return t.Access, err
}

func (m *mover) again(ctx context.Context) error {
	if err := m.server.stop(); err != nil {
		return err
	}
	return m.start(ctx)
}

// query asks the admin API; to is where the answer goes.
func (m *mover) query(ctx context.Context, document string, variables map[string]any, to any) error {
	return m.client.query(ctx, m.bearer, document, variables, to)
}

// askImport asks for an import and sends its file, which is made while it is sent.
func (m *mover) askImport(ctx context.Context, rows int) (id string, err error) {
	var asked struct {
		ImportUsers struct {
			Job       struct{ ID string }
			UploadURL string `json:"uploadUrl"`
		}
	}
	err = m.query(ctx, `mutation { importUsers(input: {format: JSON_LINES}) { job { id } uploadUrl } }`, nil, &asked)
	if err != nil {
		return "", err
	}
	from, to := io.Pipe()
	go func() { _ = to.CloseWithError(writePeople(to, rows)) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, asked.ImportUsers.UploadURL, from)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("upload: status %d", response.StatusCode)
	}
	return asked.ImportUsers.Job.ID, nil
}

func personName(i int) string { return "person" + strconv.Itoa(i) }

// writePeople writes people in JSON Lines, each with the hash of another system.
func writePeople(to io.Writer, rows int) error {
	var line bytes.Buffer
	for i := range rows {
		line.Reset()
		fmt.Fprintf(&line, `{"username":%q,"email":"%s@example.org","verified":true,"given_name":"Given%d","family_name":"Family%d",`+
			`"locale":"en-GB","zoneinfo":"Europe/Berlin","password_hash":%q}`+"\n", personName(i), personName(i), i, i%1000, foreignHash(i))
		if _, err := to.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) askExport(ctx context.Context) (string, error) {
	var asked struct {
		ExportUsers struct{ Job struct{ ID string } }
	}
	err := m.query(ctx, `mutation { exportUsers(input: {format: JSON_LINES}) { job { id } } }`, nil, &asked)
	return asked.ExportUsers.Job.ID, err
}

// jobState is how a job stands.
type jobState struct {
	State       string
	Error       string
	DownloadURL string `json:"downloadUrl"`
	Counts      struct{ Processed, Failed int }
}

func (m *mover) job(ctx context.Context, id string) (jobState, error) {
	var found struct{ Job jobState }
	err := m.query(ctx, `query ($id: ID!) { job(id: $id) { state error downloadUrl counts { processed failed } } }`,
		map[string]any{"id": id}, &found)
	return found.Job, err
}

// follow waits for the end of a job. When half of it is done the server is killed, and started again at once; the job goes on when
// the lease of the dead process is over.
func (m *mover) follow(ctx context.Context, id string, rows int) ([]Stretch, error) {
	ctx, cancel := context.WithTimeout(ctx, mostTransfer)
	defer cancel()
	tick := time.NewTicker(transferPoll)
	defer tick.Stop()
	var done []Stretch
	first, began := -1, time.Time{} // of this process
	for {
		job, err := m.job(ctx, id)
		if err != nil {
			return done, err
		}
		at := time.Now()
		if first < 0 {
			first, began = job.Counts.Processed, at
		} else if job.Counts.Processed == first {
			began = at // it waits for its turn
		}
		if job.State != "RUNNING" && job.State != "SUCCEEDED" {
			return done, fmt.Errorf("the job is %s: %s", job.State, job.Error)
		}
		over := job.State == "SUCCEEDED"
		if over || len(done) == 0 && job.Counts.Processed >= rows/2 {
			stretch := Stretch{Rows: job.Counts.Processed - first, Seconds: at.Sub(began).Seconds()}
			if stretch.PeakMiB, err = m.server.memory("VmHWM:"); err != nil {
				return done, err
			}
			m.note("%d rows, %.0f per second, at most %.0f MiB", job.Counts.Processed, stretch.perSecond(), stretch.PeakMiB)
			done = append(done, stretch)
			first = -1
		}
		if over {
			if job.Counts.Failed > 0 || len(done) < 2 {
				return done, fmt.Errorf("%d rows failed, and %d processes were at it", job.Counts.Failed, len(done))
			}
			return done, nil
		}
		if first < 0 {
			m.server.kill()
			if err := m.start(ctx); err != nil {
				return done, err
			}
		}
		select {
		case <-ctx.Done():
			return done, ctx.Err()
		case <-tick.C:
		}
	}
}

// checkImport counts users and events: each row is there once.
func (m *mover) checkImport(ctx context.Context, db *database, rows int) error {
	for _, query := range []string{
		"SELECT count(*) FROM users WHERE username LIKE 'person%'",
		"SELECT count(*) FROM audit_events WHERE action = 'user.created' AND target_name LIKE 'person%'",
		"SELECT count(DISTINCT target_id) FROM audit_events WHERE action = 'user.created' AND target_name LIKE 'person%'",
	} {
		n, err := db.count(ctx, query)
		if err != nil {
			return err
		}
		if n != rows {
			return fmt.Errorf("%s: %d, want %d", query, n, rows)
		}
	}
	return nil
}

// write changes people and creates others, as fast as one caller may, until it is stopped; it tells how many. While the server is
// down, it tries again.
func (m *mover) write(ctx context.Context) (stop func() int, err error) {
	client := newConnection(m.program.base)
	bearer, err := client.bearerOf(ctx, writerClient)
	if err != nil {
		return nil, err
	}
	ids, err := somePeople(ctx, client, bearer)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan int, 1)
	go func() {
		done := 0
		tick := time.NewTicker(writerPause)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				ended <- done
				return
			case <-tick.C:
				if i%100 == 0 && m.program.addSomebody(ctx, i) || changeSomebody(ctx, client, bearer, ids, i) {
					done++
				}
			}
		}
	}()
	return func() int { cancel(); return <-ended }, nil
}

// somePeople returns ids of users.
func somePeople(ctx context.Context, client *connection, bearer string) (ids []string, err error) {
	var found struct {
		Users struct{ Nodes []struct{ ID string } }
	}
	err = client.query(ctx, bearer, `query ($n: Int) { users(first: $n) { nodes { id } } }`, map[string]any{"n": changedPeople}, &found)
	for _, u := range found.Users.Nodes {
		ids = append(ids, u.ID)
	}
	return ids, err
}

// changeSomebody changes a user, and reports whether it did: while the server is down it does not.
func changeSomebody(ctx context.Context, client *connection, bearer string, ids []string, i int) bool {
	var did struct {
		UpdateUser struct{ User *struct{ ID string } }
	}
	err := client.query(ctx, bearer, `mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }`,
		map[string]any{"input": map[string]any{"id": ids[i%len(ids)], "nickname": strconv.Itoa(i)}}, &did)
	return err == nil && did.UpdateUser.User != nil
}

// addSomebody creates a user by another process, with a hash, so that no memory of the server goes into hashing.
func (p program) addSomebody(ctx context.Context, i int) bool {
	return p.command(ctx, fmt.Sprintf("users: [{username: writer%d, email: writer%d@example.org, password_hash: %q}]\n", i, i, foreignHash(i)),
		io.Discard, "apply", "-f", "-") == nil
}

// foreignHash is a hash of another system (bcrypt), of no password.
func foreignHash(i int) string { return fmt.Sprintf("$2b$12$%022d%031d", 0, i) }

// checkExport downloads the file: each person is in it once.
func (m *mover) checkExport(ctx context.Context, id string, rows int) error {
	job, err := m.job(ctx, id)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, job.DownloadURL, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	times := make([]uint8, rows)
	others := 0
	for decoder := json.NewDecoder(response.Body); ; {
		var row struct{ Username string }
		if err := decoder.Decode(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read the export: %w", err)
		}
		var n int
		if _, err := fmt.Sscanf(row.Username, "person%d", &n); err != nil || n < 0 || n >= rows {
			others++
			continue
		}
		times[n]++
	}
	for n, count := range times {
		if count != 1 {
			return fmt.Errorf("the export has %s %d times", personName(n), count)
		}
	}
	m.note("the export has each of them once, and %d others", others)
	return nil
}
