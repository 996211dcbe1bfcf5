package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// BackchannelNotifier tells clients that a user has decided.
type BackchannelNotifier interface {
	// NotifyClient posts an auth_req_id to the notification endpoint of a client with its token (CIBA Core §10.2). What the client
	// replies is its own affair; an error, for what may have been a moment's fault, asks for another try.
	NotifyClient(ctx context.Context, uri, token, authReqID string) error
}

// kindPing is the job that notifies one client of one decision.
const kindPing = "backchannel.notify"

// ping is the payload of that job.
type ping struct {
	ID uuid.UUID `json:"id"`
}

func (s *BackchannelAuthentications) jobKinds() []JobKind {
	return []JobKind{{
		Name: kindPing,
		Policy: JobPolicy{
			Concurrency: 10,
			FirstRetry:  2 * time.Second, Factor: 3, LongestWait: 5 * time.Minute, GiveUpAfter: maxBackchannelTTL,
		},
		Run: s.notify,
	}}
}

// enqueuePing lets the client hear that the interaction has ended, in the transaction that ends it; a client that polls need not.
func enqueuePing(ctx context.Context, tx Store, source Source, i Interaction) error {
	if i.Backchannel == nil || !i.Backchannel.Notify {
		return nil
	}
	job, err := NewJob(source, kindPing, ping{i.ID})
	if err != nil {
		return err
	}
	job.Lane = laneOf(i.Client.Metadata.NotificationURI)
	return tx.InsertJobs(ctx, job)
}

// notify tells one client. One that is gone, or that is not registered for it any more, needs nothing, and so does one whose request is
// over.
func (s *BackchannelAuthentications) notify(ctx context.Context, run *JobRun) (any, error) {
	var p ping
	if err := run.Decode(&p); err != nil {
		return nil, err
	}
	r, err := s.store.BackchannelRequestByID(ctx, p.ID)
	if errors.Is(err, ErrInteractionNotFound) || err == nil && !r.ExpiresAt.After(s.source.Now()) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find backchannel request: %w", err)
	}
	client, err := s.store.ClientByID(ctx, r.ClientID)
	if errors.Is(err, ErrClientNotFound) || err == nil && (!client.ActiveAt(s.source.Now()) || client.Metadata.DeliveryMode != DeliveryPing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find client of notification: %w", err)
	}
	text, err := s.keys.Open(PurposeBackchannel, r.Sealed, r.ID.String())
	if err != nil {
		return nil, fmt.Errorf("open notification: %w", err)
	}
	var n notification
	if err := json.Unmarshal(text, &n); err != nil {
		return nil, fmt.Errorf("read notification: %w", err)
	}
	if err := s.notifier.NotifyClient(ctx, client.Metadata.NotificationURI, n.Token, n.AuthReqID); err != nil {
		return nil, ErrUnavailable.Because(err)
	}
	return nil, nil
}
