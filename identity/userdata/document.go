package userdata

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// portionItems is how many items are read at once, and about as many as a portion has.
const portionItems = 1000

// Documents makes documents.
type Documents struct {
	store    reader
	source   identity.Source
	settings *identity.LiveSettings
	refusals *identity.Refusals
	issuer   string
}

// reader reads what there is about a person.
type reader interface {
	identity.UserDataReader
	identity.MembershipReader
	identity.CredentialStore
	identity.GrantLister
	identity.ConsentLister
	identity.GroupReader
	identity.GroupMemberReader
	identity.RoleReader
	identity.ClientLister
	identity.AttributeReader
	Mails(ctx context.Context, q identity.MailQuery) ([]identity.ListRow[identity.MailMessage], error)
	LinkedIdentitiesOf(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID][]identity.LinkedIdentity, error)
	OneTimeTokensOf(ctx context.Context, userID uuid.UUID) ([]identity.OneTimeToken, error)
	Sessions(ctx context.Context, q identity.SessionQuery) ([]identity.ListRow[identity.Session], error)
	CountSessions(ctx context.Context, q identity.SessionQuery, limit int) (int, error)
	AuditEvents(ctx context.Context, q identity.AuditQuery) ([]identity.ListRow[identity.AuditEvent], error)
	CountAuditEvents(ctx context.Context, q identity.AuditQuery, limit int) (int, error)
}

// New makes the Documents.
func New(d identity.Deps) *Documents {
	return &Documents{store: d.Store, source: d.Source, settings: d.Settings, refusals: d.Refusals, issuer: d.Settings.Get().Issuer}
}

// Count counts what there can be much of.
func (d *Documents) Count(ctx context.Context, userID uuid.UUID) (int, error) {
	sessions, err := d.store.CountSessions(ctx, identity.SessionQuery{Filter: identity.SessionFilter{UserID: userID}}, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	grants, err := d.store.CountGrants(ctx, identity.GrantQuery{Filter: identity.GrantFilter{UserID: userID}}, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	events, err := d.store.CountAuditEvents(ctx, identity.AuditQuery{Filter: identity.AuditFilter{UserID: userID}}, math.MaxInt32)
	return sessions + grants + events, err
}

// Place is a place in a document: in a section, after an item of it.
type Place struct {
	Section string              `json:"section"`
	After   *identity.CursorKey `json:"after,omitempty"`
	Items   int                 `json:"items"` // of the section that are written
}

// Portion is a part of a document.
type Portion struct {
	Text  []byte
	Items int
	After *Place // where the next one begins; nil: nothing follows
}

// subject is the person whom a document is about, as they are when a portion is read.
type subject struct {
	*Documents
	user identity.User
}

// Read writes section after section from a place on, until one is longer than a portion; nil is the beginning.
func (d *Documents) Read(ctx context.Context, user identity.User, from *Place) (Portion, error) {
	s := &subject{Documents: d, user: user}
	var text document
	place := Place{Section: dataSections[0].name}
	if from == nil {
		text.begin(s.legend())
	} else {
		place = *from
	}
	items := 0
	for items < portionItems {
		at := slices.IndexFunc(dataSections, func(d dataSection) bool { return d.name == place.Section })
		if at < 0 {
			return Portion{}, fmt.Errorf("the document stands in section %q, which there is not", place.Section)
		}
		section := dataSections[at]
		page, err := section.read(ctx, s, place.After)
		if err != nil {
			return Portion{}, err
		}
		if place.After == nil {
			text.beginSection(section, s.settings.Get(), at == 0)
		}
		for _, item := range page.items {
			text.item(item, place.Items == 0)
			place.Items++
		}
		items += len(page.items)
		if place.After = page.after; place.After != nil {
			continue
		}
		text.endSection(place.Items == 0)
		if at == len(dataSections)-1 {
			text.end()
			return Portion{Text: text.Bytes(), Items: items}, text.err
		}
		place = Place{Section: dataSections[at+1].name}
	}
	return Portion{Text: text.Bytes(), Items: items, After: &place}, text.err
}

// Write writes the whole document, portion by portion.
func (d *Documents) Write(ctx context.Context, w io.Writer, user identity.User) error {
	var from *Place
	for {
		p, err := d.Read(ctx, user, from)
		if err != nil {
			return err
		}
		if _, err := w.Write(p.Text); err != nil {
			return err
		}
		if from = p.After; from == nil {
			return nil
		}
	}
}

// legend returns what stands before the sections.
func (s *subject) legend() []dataValue {
	return []dataValue{
		{"format", "authly-user-data"},
		{"version", 1},
		{"issuer", s.issuer},
		{"made_at", s.source.Now()},
		{"user_id", s.user.ID},
		{"username", s.user.Username},
		{"about", "All that this server stores about the person, in sections. Each says what it has, what that is for and how long it " +
			"is retained, and describes its fields. Times are UTC (RFC 3339); null is what is not known."},
		{"left_out", []string{
			"What is secret, or a digest of it: passwords, cookies, codes and tokens. It is told that they exist, and when they were used.",
			"Who else has acted on the account, and what the person has done to others (Art. 15(4) GDPR): that it was done is told.",
			"Lines of the server's log, and copies of the database: ask the operator.",
		}},
	}
}
