package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

// clientDocument is the column metadata: one flat object of both.
type clientDocument struct {
	identity.ClientMetadata
	identity.ClientPolicy
}

type clientRow struct {
	bun.BaseModel `bun:"table:clients,alias:c"`

	ID        uuid.UUID               `bun:"id,pk"`
	ClientID  string                  `bun:"client_id"`
	Active    bool                    `bun:"active"`
	BuiltIn   bool                    `bun:"built_in"`
	Origin    string                  `bun:"origin"`
	Secrets   []identity.ClientSecret `bun:"secrets,type:jsonb"`
	Metadata  clientDocument          `bun:"metadata,type:jsonb"`
	CreatedAt time.Time               `bun:"created_at"`
	UpdatedAt time.Time               `bun:"updated_at"`
	ExpiresAt *time.Time              `bun:"expires_at"`
	Version   int                     `bun:"version"`

	RegistrationDigest []byte `bun:"registration_digest"`
}

func fromClient(c identity.Client) clientRow {
	return clientRow{
		ID: c.ID, ClientID: c.ClientID, Active: c.Active, BuiltIn: c.BuiltIn, Origin: string(c.Origin), Secrets: emptyIfNil(c.Secrets),
		Metadata: clientDocument{c.Metadata, c.Policy}, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, ExpiresAt: c.ExpiresAt,
		Version: c.Version, RegistrationDigest: c.RegistrationDigest,
	}
}

func toClient(r clientRow) identity.Client {
	return identity.Client{
		ID: r.ID, ClientID: r.ClientID, Active: r.Active, BuiltIn: r.BuiltIn, Origin: identity.ClientOrigin(r.Origin),
		Secrets: nilIfEmpty(r.Secrets), RegistrationDigest: r.RegistrationDigest,
		Metadata: r.Metadata.ClientMetadata, Policy: r.Metadata.ClientPolicy,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), ExpiresAt: utc(r.ExpiresAt), Version: r.Version,
	}
}

var (
	clientByID       = selection[clientRow]("WHERE c.id = $1")
	clientByClientID = selection[clientRow]("WHERE c.client_id = $1")
)

// InsertClient implements identity.ClientStore.
func (s *Store) InsertClient(ctx context.Context, c identity.Client) error {
	row := fromClient(c)
	if err := checkText(&row); err != nil {
		return err
	}
	_, err := s.write().NewInsert().Model(&row).Exec(ctx)
	return s.fault("insert client", err)
}

// ClientByID implements identity.ClientReader.
func (s *Store) ClientByID(ctx context.Context, id uuid.UUID) (identity.Client, error) {
	return s.client(ctx, clientByID, id)
}

// ClientByClientID implements identity.ClientReader.
func (s *Store) ClientByClientID(ctx context.Context, clientID string) (identity.Client, error) {
	if !validText(clientID) {
		return identity.Client{}, identity.ErrClientNotFound
	}
	return s.client(ctx, clientByClientID, clientID)
}

func (s *Store) client(ctx context.Context, st statement, key any) (identity.Client, error) {
	var row clientRow
	if err := s.get(ctx, st, scanDestinations(&row), key); err != nil {
		return identity.Client{}, s.orMissing("read client", err, identity.ErrClientNotFound)
	}
	return toClient(row), nil
}

// ClientsByID implements identity.ClientStore.
func (s *Store) ClientsByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]identity.Client, error) {
	rows, err := byIDs[clientRow](ctx, s, ids)
	if err != nil {
		return nil, s.fault("read clients", err)
	}
	found := make(map[uuid.UUID]identity.Client, len(rows))
	for _, row := range rows {
		found[row.ID] = toClient(row)
	}
	return found, nil
}

// Clients implements identity.ClientStore.
func (s *Store) Clients(ctx context.Context) ([]identity.Client, error) {
	rows, err := list[clientRow](ctx, s, s.read().NewSelect().Model((*clientRow)(nil)).Order("c.client_id"))
	if err != nil {
		return nil, s.fault("list clients", err)
	}
	return mapped(rows, toClient), nil
}

// UpdateClient implements identity.ClientStore.
func (s *Store) UpdateClient(ctx context.Context, c identity.Client) error {
	row := fromClient(c)
	if err := checkText(&row); err != nil {
		return err
	}
	row.Version = c.Version + 1
	res, err := s.write().NewUpdate().Model(&row).ExcludeColumn("id", "created_at").
		Where("c.id = ?", c.ID).Where("c.version = ?", c.Version).Exec(ctx)
	n, err := s.affected("update client", res, err)
	if err != nil || n == 1 {
		return err
	}
	return s.conflict(ctx, "clients", c.ID, identity.ErrClientNotFound)
}

// LockSealedClients implements identity.ClientWriter.
func (s *Store) LockSealedClients(ctx context.Context, after uuid.UUID, limit int) ([]identity.Client, error) {
	q := s.write().NewSelect().Model((*clientRow)(nil)).Where("c.auth_method = ?", string(identity.AuthClientSecretJWT)).
		Where("c.id > ?", after).Order("c.id").Limit(int64(limit))
	rows, err := list[clientRow](ctx, s, s.forUpdate(q))
	if err != nil {
		return nil, s.fault("lock clients with sealed secrets", err)
	}
	return mapped(rows, toClient), nil
}

// ResealClient implements identity.ClientWriter.
func (s *Store) ResealClient(ctx context.Context, id uuid.UUID, secrets []identity.ClientSecret) error {
	row := clientRow{ID: id, Secrets: emptyIfNil(secrets)}
	res, err := s.write().NewUpdate().Model(&row).Column("secrets").WherePK().Exec(ctx)
	return s.changed("seal secrets of client anew", res, err, identity.ErrClientNotFound)
}

// ExtendClient implements identity.ClientWriter.
func (s *Store) ExtendClient(ctx context.Context, id uuid.UUID, expires time.Time) error {
	row := clientRow{ID: id, ExpiresAt: &expires}
	res, err := s.write().NewUpdate().Model(&row).Column("expires_at").WherePK().Exec(ctx)
	return s.changed("extend client", res, err, identity.ErrClientNotFound)
}

// DeleteClient implements identity.ClientStore.
func (s *Store) DeleteClient(ctx context.Context, id uuid.UUID) error {
	res, err := s.write().NewDelete().Model((*clientRow)(nil)).Where("c.id = ?", id).Exec(ctx)
	return s.changed("delete client", res, err, identity.ErrClientNotFound)
}
