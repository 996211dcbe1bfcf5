package clientdocument

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/document"
)

// How long documents are remembered, and how much of them.
const (
	objectFor      = 10 * time.Second // a request object: the client may change it for the next request
	metadataFor    = 10 * time.Minute
	metadataStale  = time.Hour // so long metadata serves that cannot be fetched again: a client must be able to end
	maxObjectBytes = 32 << 10
	maxSectorBytes = 64 << 10
	maxObjects     = 1000
	maxMetadata    = 1000
	maxBytes       = 16 << 20 // of all documents of a kind
)

// MaxMetadataBytes bounds the document of a client.
const MaxMetadataBytes = 16 << 10

// Reader implements identity.ClientDocumentReader.
type Reader struct {
	objects  *document.Cache[string]
	metadata *document.Cache[identity.ClientRegistration]
	sectors  *document.Cache[[]string]
	source   identity.Source
}

// New makes a Reader that fetches with fetch.
func New(fetch document.Fetch, source identity.Source) *Reader {
	return &Reader{
		objects: document.New(fetch, source, document.Rules[string]{
			Parse: parseObject, Documents: maxObjects, Bytes: maxBytes,
		}),
		metadata: document.New(fetch, source, document.Rules[identity.ClientRegistration]{
			Parse: parseMetadata, Documents: maxMetadata, Bytes: maxBytes,
		}),
		sectors: document.New(fetch, source, document.Rules[[]string]{Parse: parseSector, Documents: maxObjects, Bytes: maxBytes}),
		source:  source,
	}
}

// RequestObject returns the text at an address. What could not be fetched again is not returned: a request is of now.
func (r *Reader) RequestObject(ctx context.Context, address string) (string, error) {
	entry, err := r.objects.Get(ctx, address, due[string](objectFor))
	if err != nil || entry.Failures > 0 {
		return "", errors.Join(err, document.ErrPaused)
	}
	return entry.Value, nil
}

// Metadata returns what a client says of itself at an address.
func (r *Reader) Metadata(ctx context.Context, address string) (identity.ClientRegistration, error) {
	entry, err := r.metadata.Get(ctx, address, due[identity.ClientRegistration](metadataFor))
	if !entry.Serves(r.source.Now(), metadataStale) {
		return identity.ClientRegistration{}, errors.Join(err, document.ErrPaused)
	}
	return entry.Value, nil // also if it could not be fetched again
}

// Sector returns the URIs of the list at an address. What could not be fetched again is not returned: it may have changed.
func (r *Reader) Sector(ctx context.Context, address string) ([]string, error) {
	entry, err := r.sectors.Get(ctx, address, due[[]string](objectFor))
	if err != nil || entry.Failures > 0 {
		return nil, errors.Join(err, document.ErrPaused)
	}
	return entry.Value, nil
}

func parseSector(text []byte) (uris []string, err error) {
	if len(text) > maxSectorBytes {
		return nil, fmt.Errorf("sector identifier: %d bytes", len(text))
	}
	if err := json.Unmarshal(text, &uris); err != nil {
		return nil, fmt.Errorf("parse sector identifier: %w", err)
	}
	return uris, nil
}

// due returns when a document is to be fetched that is remembered for a while.
func due[T any](remembered time.Duration) func(e document.Entry[T], now time.Time) bool {
	return func(e document.Entry[T], now time.Time) bool {
		if e.Failures > 0 {
			return e.MayRetry(now)
		}
		return now.Sub(e.FetchedAt) >= remembered
	}
}

func parseObject(text []byte) (string, error) {
	if len(text) > maxObjectBytes {
		return "", fmt.Errorf("request object: %d bytes", len(text))
	}
	return string(text), nil
}

func parseMetadata(text []byte) (identity.ClientRegistration, error) {
	if len(text) > MaxMetadataBytes {
		return identity.ClientRegistration{}, fmt.Errorf("client metadata: %d bytes", len(text))
	}
	registration, err := identity.ReadClientRegistration(text)
	if err != nil {
		return identity.ClientRegistration{}, fmt.Errorf("client metadata: %w", err)
	}
	return registration, nil
}
