package identity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
)

// ClientDocumentReader fetches what clients publish. Failures of the other server are errors without a code.
type ClientDocumentReader interface {
	// RequestObject returns the request object at a request_uri of a client, unchecked (RFC 9101 §5.2).
	RequestObject(ctx context.Context, address string) (object string, err error)
	// Metadata returns what the document at an address says, which the caller does not change. It may be some minutes old.
	Metadata(ctx context.Context, address string) (ClientRegistration, error)
	// Sector returns the URIs that a sector_identifier_uri lists. They may be some seconds old.
	Sector(ctx context.Context, address string) ([]string, error)
}

// ClientDocuments makes clients of the documents whose addresses are their client_id (OAuth Client ID Metadata Document, draft 00):
// nobody has registered them, and whoever may change the document may change the client.
type ClientDocuments struct {
	store    clientDocumentPorts
	reader   ClientDocumentReader
	source   Source
	guard    *guard
	settings *LiveSettings
	signing  *SigningKeys
}

type clientDocumentPorts interface {
	Transactor
	ClientReader
}

// isDocument reports whether a client_id is the address of a document (§3 of the draft): it has a path.
func isDocument(clientID string) bool {
	u, err := url.Parse(clientID)
	return err == nil && plainAddress(clientID) && len(u.Path) > 1
}

// isEntity reports whether the identifier of an entity can be a client_id.
func isEntity(id string) bool { return ValidEntity(id) && plainAddress(id) }

// plainAddress reports whether a text is https with nothing that would make two texts of one address or show another than the host.
// Plain http is for a machine that is the client's own host.
func plainAddress(text string) bool {
	u, err := url.Parse(text)
	if err != nil || !webURL(text) || u.Scheme != "https" && !Loopback(u.Hostname()) || strings.ContainsRune(text, '#') ||
		!strings.HasPrefix(text+"/", u.Scheme+"://"+strings.ToLower(u.Host)+"/") {
		return false
	}
	for segment := range strings.SplitSeq(u.EscapedPath(), "/") {
		if segment == "." || segment == ".." || strings.EqualFold(segment, "%2e") || strings.EqualFold(segment, "%2e%2e") {
			return false
		}
	}
	return len(text) <= MaxText
}

// find returns the client that a document describes now, as it is stored; it is stored when it is first seen. ErrClientNotFound where
// the operator does not take documents of that host, or the document is none of a client. RateLimited when strangers bring too many.
// One that an administrator has given rights is as it was then: its document is read no more. An entity of a federation may have such a
// client_id, and is as it has registered.
func (s *ClientDocuments) find(ctx context.Context, address string) (Client, error) {
	known, err := s.store.ClientByClientID(ctx, address)
	switch {
	case err == nil && known.Origin != OriginDocument:
		return known, nil
	case !ofHost(address, s.settings.Get().ClientRegistration.Documents):
		return Client{}, ErrClientNotFound
	case errors.Is(err, ErrClientNotFound):
		err = s.guard.admitClient(ctx)
	case err == nil && (known.Trusted() || !known.Active):
		return known, nil
	}
	if err != nil {
		return Client{}, err
	}
	registration, err := s.reader.Metadata(ctx, address)
	if err != nil {
		return Client{}, ErrClientNotFound.Breaks(RuleClientDocument).Expecting("It could not be read: " + err.Error() + ".").Because(err)
	}
	described, err := s.describe(known, address, registration, OriginDocument)
	if err == nil {
		err = s.settings.Get().checkSelfRegistered(Client{}, described)
	}
	if err != nil {
		return Client{}, ErrClientNotFound.Breaks(RuleClientDocument).Expecting(Messages(err)).Because(err)
	}
	if known.Metadata.same(described.Metadata) {
		return known, nil
	}
	if err := (Sectors{s.reader}).Check(ctx, known.Metadata, described.Metadata); err != nil {
		return Client{}, ErrClientNotFound.Breaks(RuleClientDocument).Expecting(Messages(err)).Because(err)
	}
	return s.save(ctx, described, nil)
}

// describe returns the client that a document or an entity describes at an address: known, or a new one.
func (s *ClientDocuments) describe(known Client, address string, r ClientRegistration, origin ClientOrigin) (Client, error) {
	var faults Faults
	m := r.Metadata
	if r.ClientID != address {
		faults.Add(InvalidField("client_id", "Must be the address of what describes the client."))
	}
	if r.Statement != "" {
		faults.Add(InvalidField("software_statement", "Must not be given: what describes the client stands for itself."))
	}
	if r.Secret != "" {
		faults.Add(InvalidField("client_secret", "Must not be given: everybody reads it."))
	}
	for _, name := range r.imposed {
		faults.Add(InvalidField(name, "Must not be given: the server says it."))
	}
	if m.TokenEndpointAuthMethod == "" {
		m.TokenEndpointAuthMethod = AuthNone
	}
	if m.TokenEndpointAuthMethod != AuthNone && m.TokenEndpointAuthMethod != AuthPrivateKeyJWT {
		faults.Add(InvalidField("token_endpoint_auth_method", "Must be none or private_key_jwt."))
	}
	if err := faults.Err(); err != nil {
		return Client{}, err
	}
	m = s.settings.Get().ClientRegistration.withDefaults(m)
	c := known
	if c.ClientID == "" {
		now := s.source.Now()
		c = Client{
			ID: s.source.NewID(), ClientID: address, Active: true, Origin: origin, CreatedAt: now, UpdatedAt: now, Version: 1,
			Policy: DefaultPolicy(),
		}
	}
	c.Metadata, c.Policy = m, c.Policy.WithDefaults(m)
	return c, nil
}

// save stores what a document or an entity says: the client, or what has changed of it, with what the trail is to say besides. Somebody
// else may have stored it since.
func (s *ClientDocuments) save(ctx context.Context, described Client, besides map[string]Change) (saved Client, err error) {
	err = s.store.InTx(ctx, func(ctx context.Context, tx Store) error {
		before, err := tx.LockClient(ctx, described.ID)
		saved = described
		if err := s.signing.EnsureIn(ctx, tx, described.KeysFor()...); err != nil {
			return err
		}
		switch {
		case errors.Is(err, ErrClientNotFound):
			event := NewEvent(ctx, s.source, ActionClientCreated, TargetClient, saved.ID.String(), saved.ClientID)
			event.Changes = map[string]Change{"metadata": {After: saved.Metadata.Audited()}, "origin": {After: saved.Origin}}
			maps.Copy(event.Changes, besides)
			if err := tx.InsertClient(ctx, saved); err != nil {
				return err
			}
			return tx.InsertAudit(ctx, event)
		case err != nil:
			return err
		case before.Active && before.Metadata.same(described.Metadata):
			saved, err = s.extend(ctx, tx, before, described.ExpiresAt, besides)
			return err
		case before.Trusted() || !before.Active:
			saved = before
			return nil
		}
		saved = before
		saved.Metadata, saved.Policy, saved.UpdatedAt = described.Metadata, before.Policy.WithDefaults(described.Metadata), s.source.Now()
		saved.ExpiresAt = described.ExpiresAt
		if err := tx.UpdateClient(ctx, saved); err != nil {
			return err
		}
		saved.Version++
		event := NewEvent(ctx, s.source, ActionClientUpdated, TargetClient, saved.ID.String(), saved.ClientID)
		event.Changes = map[string]Change{"metadata": {Before: before.Metadata.Audited(), After: saved.Metadata.Audited()}}
		maps.Copy(event.Changes, besides)
		return tx.InsertAudit(ctx, event)
	})
	if errors.Is(err, &Error{Code: CodeDuplicateClient}) { // another request was faster
		saved, err = s.store.ClientByClientID(ctx, described.ClientID)
	}
	if err != nil {
		return Client{}, fmt.Errorf("save client of an address: %w", err)
	}
	return saved, nil
}

// extend stores when a client expires whose metadata is as it was: that is no change of the client, about which people would be asked
// again.
func (s *ClientDocuments) extend(
	ctx context.Context, tx Store, c Client, expires *time.Time, besides map[string]Change,
) (extended Client, err error) {
	if expires == nil || c.ExpiresAt != nil && c.ExpiresAt.Equal(*expires) {
		return c, nil
	}
	event := NewEvent(ctx, s.source, ActionClientUpdated, TargetClient, c.ID.String(), c.ClientID)
	event.Changes = map[string]Change{"expires_at": {Before: c.ExpiresAt, After: expires}}
	maps.Copy(event.Changes, besides)
	c.ExpiresAt = expires
	if err := tx.ExtendClient(ctx, c.ID, *expires); err != nil {
		return Client{}, err
	}
	return c, tx.InsertAudit(ctx, event)
}

// same reports whether the metadata says what another does: a database may have spelled it anew, and has no empty lists.
func (m ClientMetadata) same(other ClientMetadata) bool {
	one, err := json.Marshal(m)
	two, errOther := json.Marshal(other)
	return err == nil && errOther == nil && SameJSON(one, two)
}

// standing returns a consent to the client; the zero Consent where what describes the client has changed since it was given: what the
// person has allowed may be another's now.
func (c Client) standing(consent Consent) Consent {
	if c.DescribedElsewhere() && consent.UpdatedAt.Before(c.UpdatedAt) {
		return Consent{}
	}
	return consent
}
