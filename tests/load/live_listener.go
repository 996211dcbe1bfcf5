package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

const liveDocument = `{"query":"subscription{auditEventAdded(filter:{targetKind:SCOPE}){event{targetName}}}"}`

const (
	livePause  = 20 * time.Millisecond // before a node is asked again that did not answer
	liveSample = 50                    // of so many events the time of one is noted
)

// listener follows the trail over several connections, as a console does, but looks at nothing but ids and names.
type listener struct {
	token   string
	written *writing
	every   int // events, after which it breaks its connection
	cursor  []byte

	heard    atomic.Int64 // different events
	seen     [liveWriters][]bool
	youngest [liveWriters]int

	told, twice, disorder, breaks int
	times                         []time.Duration
}

func newListener(token string, written *writing, every int) *listener {
	l := &listener{token: token, written: written, every: every}
	for w := range l.seen {
		l.seen[w], l.youngest[w] = make([]bool, written.most()), -1
	}
	return l
}

// listen listens until ctx ends.
func (l *listener) listen(ctx context.Context, p *pair, own bool, begin func()) {
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	for ctx.Err() == nil {
		if err := l.connect(ctx, client, p.at(own), begin); err != nil && ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-time.After(livePause):
			}
		}
		if ctx.Err() == nil {
			l.breaks++
		}
	}
	begin() // or whoever waits for it waits for ever
}

// connect listens on one connection.
func (l *listener) connect(ctx context.Context, client *http.Client, base string, begin func()) error {
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+pathGraphQL, strings.NewReader(liveDocument))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+l.token)
	if len(l.cursor) > 0 {
		request.Header.Set("Last-Event-ID", string(l.cursor))
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return l.read(bufio.NewReaderSize(response.Body, 64<<10), begin)
}

// read reads events until it is time for a break, or the other side has ended the connection. An event counts when it is whole
// (HTML §9.2.6).
func (l *listener) read(from *bufio.Reader, begin func()) error {
	var id, data []byte
	for events := 0; events < l.every; {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return err
		}
		switch {
		case bytes.HasPrefix(line, []byte("id: ")):
			id = append(id[:0], bytes.TrimSpace(line[len("id: "):])...)
		case bytes.HasPrefix(line, []byte("data: ")):
			data = append(data[:0], line...)
		case len(line) == 1 && len(data) > 0:
			if err := l.note(data); err != nil {
				return err
			}
			data = data[:0]
			events++
			fallthrough
		case len(line) == 1 && len(id) > 0:
			l.cursor = append(l.cursor[:0], id...)
			begin()
		}
	}
	return nil
}

// note counts an event by the name of its target, which is that of its writer and its number.
func (l *listener) note(line []byte) error {
	const before = `"targetName":"`
	at := bytes.Index(line, []byte(before))
	if at < 0 {
		return fmt.Errorf("not an event: %s", line) // why the node ends the stream
	}
	name, _, _ := bytes.Cut(line[at+len(before):], []byte(`"`))
	left, right, _ := bytes.Cut(name, []byte("/"))
	w, err := strconv.Atoi(string(left))
	if err != nil || w < 0 || w >= liveWriters {
		return fmt.Errorf("not an event of a writer: %s", line)
	}
	n, err := strconv.Atoi(string(right))
	if err != nil || n < 0 || n >= len(l.seen[w]) {
		return fmt.Errorf("not an event of a writer: %s", line)
	}
	l.told++
	switch {
	case l.seen[w][n]:
		l.twice++
		return nil
	case n < l.youngest[w]:
		l.disorder++
	}
	l.seen[w][n], l.youngest[w] = true, max(n, l.youngest[w])
	l.heard.Add(1)
	if n%liveSample == 0 {
		l.times = append(l.times, l.written.age(w, n))
	}
	return nil
}

// missing counts the events that were written and not heard.
func (l *listener) missing(written *writing) (lost int) {
	for w := range l.seen {
		for _, heard := range l.seen[w][:written.of(w)] {
			if !heard {
				lost++
			}
		}
	}
	return lost
}
