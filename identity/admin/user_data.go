package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// dataExport is an export of what is stored about one person, as it is stored.
type dataExport struct {
	identity.ExportOptions
	UserID uuid.UUID `json:"user_id"`
}

// dataReader reads what there is about a person.
type dataReader interface {
	identity.UserDataReader
	identity.DelegationReader
	identity.MembershipReader
	identity.UserReader
	identity.CredentialStore
	identity.GrantLister
	identity.ConsentLister
	identity.GroupReader
	identity.GroupMemberReader
	identity.RoleReader
	identity.ClientLister
	identity.AttributeReader
	Mails(ctx context.Context, q identity.MailQuery) ([]identity.ListRow[identity.MailMessage], error)
	OneTimeTokensOf(ctx context.Context, userID uuid.UUID) ([]identity.OneTimeToken, error)
	Sessions(ctx context.Context, q identity.SessionQuery) ([]identity.ListRow[identity.Session], error)
	CountSessions(ctx context.Context, q identity.SessionQuery, limit int) (int, error)
	AuditEvents(ctx context.Context, q identity.AuditQuery) ([]identity.ListRow[identity.AuditEvent], error)
	CountAuditEvents(ctx context.Context, q identity.AuditQuery, limit int) (int, error)
}

// dataScopes are what one needs to read all that the document has, one by one.
var dataScopes = []string{
	identity.ScopeUsersRead, identity.ScopeSessionsRead, identity.ScopeGroupsRead, identity.ScopeRolesRead, identity.ScopeAuditRead,
}

// ExportUserData asks for a document of all that is stored about one person (Art. 15 and 20 GDPR), which begins at once. Beside the
// scope of jobs it needs those to read all of that, and for who administers ScopeAdminsWrite. ErrUserNotFound.
func (s *Transfers) ExportUserData(ctx context.Context, userID uuid.UUID) (identity.Transfer, error) {
	if err := requireScopes(ctx, append([]string{identity.ScopeJobsWrite}, dataScopes...)...); err != nil {
		return identity.Transfer{}, err
	}
	user, err := s.person(ctx, userID)
	if err != nil {
		return identity.Transfer{}, err
	}
	options := dataExport{UserID: userID}
	options.Needs, options.File = dataScopes, "user-"+userID.String()+".json"
	if user.Administers() {
		options.Needs = append(slices.Clone(dataScopes), identity.ScopeAdminsWrite)
	}
	if err := requireScopes(ctx, options.Needs...); err != nil {
		return identity.Transfer{}, err
	}
	return s.create(ctx, identity.TransferUserData, options, map[string]any{"user_id": userID})
}

// person reads a user with what they administer by roles.
func (s *Transfers) person(ctx context.Context, id uuid.UUID) (identity.User, error) {
	user, err := s.persons.UserByID(ctx, id)
	if err != nil {
		return identity.User{}, err
	}
	users := map[uuid.UUID]identity.User{id: user}
	err = readDelegations(ctx, s.people, users)
	return users[id], err
}

// dataSource reads the sections of the document one after the other.
type dataSource struct {
	*Transfers
	dataExport
	user identity.User // as they are when a portion is read
}

// dataPlace is a place in the document: in a section, after an item of it.
type dataPlace struct {
	Section string              `json:"section"`
	After   *identity.CursorKey `json:"after,omitempty"`
	Items   int                 `json:"items"` // of the section that are written
}

func runUserData(ctx context.Context, run *identity.JobRun, r *transferRun) error {
	source := &dataSource{Transfers: r.Transfers}
	if err := r.decode(&source.dataExport, &struct{}{}); err != nil {
		return err
	}
	return r.export(ctx, run, source)
}

// count counts what there can be much of.
func (s *dataSource) count(ctx context.Context) (int, error) {
	sessions, err := s.persons.CountSessions(ctx, identity.SessionQuery{Filter: identity.SessionFilter{UserID: s.UserID}}, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	grants, err := s.persons.CountGrants(ctx, identity.GrantQuery{Filter: identity.GrantFilter{UserID: s.UserID}}, math.MaxInt32)
	if err != nil {
		return 0, err
	}
	events, err := s.persons.CountAuditEvents(ctx, identity.AuditQuery{Filter: identity.AuditFilter{UserID: s.UserID}}, math.MaxInt32)
	return sessions + grants + events, err
}

// read writes section after section, until one is longer than a portion.
func (s *dataSource) read(ctx context.Context, after json.RawMessage) (portion, error) {
	var err error
	if s.user, err = s.person(ctx, s.UserID); err != nil {
		return portion{}, err
	}
	if s.user.Administers() && !slices.Contains(s.Needs, identity.ScopeAdminsWrite) {
		return portion{}, identity.Errorf(identity.Conflict, identity.CodeJobState, "The user has become an administrator. Ask for it again.")
	}
	place := dataPlace{Section: dataSections[0].name}
	var text document
	if after == nil {
		text.begin(s.legend())
	} else if err := json.Unmarshal(after, &place); err != nil {
		return portion{}, fmt.Errorf("place of the export: %w", err)
	}
	p := portion{}
	for !p.last && p.rows < exportRows {
		at := slices.IndexFunc(dataSections, func(d dataSection) bool { return d.name == place.Section })
		if at < 0 {
			return portion{}, fmt.Errorf("the export stands in section %q, which there is not", place.Section)
		}
		section := dataSections[at]
		page, err := section.read(ctx, s, place.After)
		if err != nil {
			return portion{}, err
		}
		if place.After == nil {
			text.beginSection(section, s.settings.Get(), at == 0)
		}
		for _, item := range page.items {
			text.item(item, place.Items == 0)
			place.Items++
		}
		p.rows += len(page.items)
		if place.After = page.after; place.After != nil {
			continue
		}
		text.endSection(place.Items == 0)
		if p.last = at == len(dataSections)-1; !p.last {
			place = dataPlace{Section: dataSections[at+1].name}
		}
	}
	if p.last {
		text.end()
	}
	p.text, p.after = text.Bytes(), place
	return p, text.err
}

// legend returns what stands before the sections.
func (s *dataSource) legend() []dataValue {
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
