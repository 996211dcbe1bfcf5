package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/userdata"
)

// dataExport is an export of what is stored about one person, as it is stored.
type dataExport struct {
	identity.ExportOptions
	UserID uuid.UUID `json:"user_id"`
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
	user, err := s.changes.users.UserByID(ctx, id)
	if err != nil {
		return identity.User{}, err
	}
	users := map[uuid.UUID]identity.User{id: user}
	err = readDelegations(ctx, s.people, users)
	return users[id], err
}

// dataSource reads the document portion by portion.
type dataSource struct {
	*Transfers
	dataExport
}

func runUserData(ctx context.Context, run *identity.JobRun, r *transferRun) error {
	source := &dataSource{Transfers: r.Transfers}
	if err := r.decode(&source.dataExport, &struct{}{}); err != nil {
		return err
	}
	return r.export(ctx, run, source)
}

// count counts what there can be much of.
func (s *dataSource) count(ctx context.Context) (int, error) { return s.documents.Count(ctx, s.UserID) }

// read reads the user anew for each portion: they may have become an administrator, or be gone.
func (s *dataSource) read(ctx context.Context, after json.RawMessage) (portion, error) {
	user, err := s.person(ctx, s.UserID)
	if err != nil {
		return portion{}, err
	}
	if user.Administers() && !slices.Contains(s.Needs, identity.ScopeAdminsWrite) {
		return portion{}, identity.Errorf(identity.Conflict, identity.CodeJobState, "The user has become an administrator. Ask for it again.")
	}
	var place *userdata.Place
	if after != nil {
		if err := json.Unmarshal(after, &place); err != nil {
			return portion{}, fmt.Errorf("place of the export: %w", err)
		}
	}
	read, err := s.documents.Read(ctx, user, place)
	return portion{text: read.Text, rows: read.Items, after: read.After, last: read.After == nil}, err
}
