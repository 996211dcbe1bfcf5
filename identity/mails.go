package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Mails sends messages to users. One is written in the transaction of what it tells of, with the job that sends it.
type Mails struct {
	store    mailPorts
	keys     *Keyring
	source   Source
	settings *LiveSettings
	guard    *guard
	sender   MailSender // nil = no mail server is configured, and nothing is written
	watch    Watch
}

type mailPorts interface {
	Transactor
	MailStore
}

// NewMails makes the service on the same store as others.
func NewMails(d Deps) *Mails {
	return &Mails{store: d.Store, keys: d.Keys, source: d.Source, settings: d.Settings, guard: newGuard(d), sender: d.Mail, watch: d.watch()}
}

// Enabled reports whether messages can be sent.
func (s *Mails) Enabled() bool { return s.sender != nil }

// kindMail is the job that sends one message.
const kindMail = "mail.send"

// mailLane is what all messages share: there is one mail server, and one that fails is asked by one job at a time.
const mailLane = "mail"

// mailJob is the payload of that job.
type mailJob struct {
	ID uuid.UUID `json:"id"`
}

func (s *Mails) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindMail,
		Policy: JobPolicy{
			Concurrency: perMailServer,
			FirstRetry:  10 * time.Second, Factor: 3, LongestWait: time.Hour, GiveUpAfter: 24 * time.Hour,
		},
		Run: s.send, GaveUp: s.gaveUp,
	}}
}

// perMailServer is how many messages a node sends at once.
const perMailServer = 4

// mailUnreachable is the failure of an attempt that may be repeated.
const mailUnreachable = "unreachable"

// letter is a message that is to be written.
type letter struct {
	id      uuid.UUID // zero: any
	user    User
	locale  string // of who has no account
	kind    MailKind
	to      string
	content MailContent
}

// write adds messages and the jobs that send them, inside tx.
func (s *Mails) write(ctx context.Context, tx Store, letters ...letter) error {
	messages, jobs := make([]MailMessage, len(letters)), make([]Job, len(letters))
	for i, l := range letters {
		text, err := json.Marshal(l.content)
		if err != nil {
			return fmt.Errorf("content of mail %s: %w", l.kind, err)
		}
		m := MailMessage{
			ID: l.id, Kind: l.kind, UserID: l.user.ID, To: l.to, Locale: cmp.Or(l.user.Claims.Locale, l.locale), CreatedAt: s.source.Now(),
		}
		if m.ID == uuid.Nil {
			m.ID = s.source.NewID()
		}
		m.Sealed = s.keys.Seal(PurposeMail, text, m.ID.String())
		if jobs[i], err = NewJob(s.source, kindMail, mailJob{m.ID}); err != nil {
			return err
		}
		messages[i], jobs[i].Lane = m, mailLane
	}
	if err := tx.InsertMails(ctx, messages...); err != nil {
		return err
	}
	return tx.InsertJobs(ctx, jobs...)
}

// send makes one attempt. A process that dies after the server has taken the message and before that is written sends it
// again, under the same id.
func (s *Mails) send(ctx context.Context, run *JobRun) (any, error) {
	m, err := s.message(ctx, s.store, run.Job)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil || m.Over() {
		return nil, err
	}
	content, err := s.open(m)
	if err != nil {
		return nil, err
	}
	if !s.Enabled() { // any more
		return nil, ErrUnavailable
	}
	m.Attempts = run.Attempts
	failure := s.sender.SendMail(ctx, m, content)
	if reason := refusalOf(failure); reason != "" {
		s.watch.Mailed(m.Kind, MailAbandoned)
		return nil, s.store.InTx(ctx, func(ctx context.Context, tx Store) error { return s.fail(ctx, tx, m, content, reason) })
	}
	if failure != nil {
		m.Failure = mailUnreachable
		s.watch.Mailed(m.Kind, MailDelayed)
	} else {
		now := s.source.Now()
		m.Failure, m.Sealed, m.SentAt = "", nil, &now
		s.watch.Mailed(m.Kind, MailDelivered)
	}
	if _, err := s.store.SaveMail(context.WithoutCancel(ctx), m); err != nil {
		return nil, errors.Join(failure, err)
	}
	if failure != nil {
		return nil, ErrUnavailable.Because(failure)
	}
	return nil, nil
}

// gaveUp ends a message that could not be sent for a day.
func (s *Mails) gaveUp(ctx context.Context, tx Store, job Job) error {
	m, err := s.message(ctx, tx, job)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	content, err := s.open(m)
	if err != nil {
		return err
	}
	m.Attempts = job.Attempts
	s.watch.Mailed(m.Kind, MailAbandoned)
	return s.fail(ctx, tx, m, content, mailUnreachable)
}

// fail ends a message that will not be sent, and notes it in the trail.
func (s *Mails) fail(ctx context.Context, tx Store, m MailMessage, c MailContent, reason string) error {
	now := s.source.Now()
	m.Failure, m.Sealed, m.FailedAt = reason, nil, &now
	if ended, err := tx.SaveMail(ctx, m); err != nil || !ended || m.UserID == uuid.Nil { // the trail has no name of who is erased
		return err
	}
	event := NewEvent(ctx, s.source, ActionMailFailed, TargetUser, m.UserID.String(), c.Username).Failed(reason)
	event.Changes = map[string]Change{"kind": {After: string(m.Kind)}}
	return tx.InsertAudit(ctx, event)
}

func (s *Mails) message(ctx context.Context, store MailStore, job Job) (MailMessage, error) {
	var payload mailJob
	if err := json.Unmarshal(job.Payload, &payload); err != nil {
		return MailMessage{}, fmt.Errorf("payload of job %s: %w", job.Kind, err)
	}
	return store.MailByID(ctx, payload.ID)
}

// open returns what a message says.
func (s *Mails) open(m MailMessage) (c MailContent, err error) {
	text, err := s.keys.Open(PurposeMail, m.Sealed, m.ID.String())
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return MailContent{}, fmt.Errorf("open mail: %w", err)
	}
	return c, nil
}
