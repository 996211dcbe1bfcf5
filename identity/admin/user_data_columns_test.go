package admin_test

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/authly/authly/store"
	"github.com/authly/authly/store/storetest"
)

// namesAPerson is how a column is called that says whom a row is about. Tables that have one are decided about column by column in
// decidedColumns, or as a whole in otherTables.
var namesAPerson = regexp.MustCompile(
	`(^|_)(user|actor|subject|sub|target|person|owner|holder|recipient|username|email|phone|ip|network|login)(_|$)|^created_by$`,
)

// otherTables are about persons without being stored of them.
var otherTables = map[string]string{
	"attribute_definitions": "what the operator declares; users only have values of it",
	"trusted_issuers":       "what the operator declares: whose assertions name users; none of them is here",
	"initial_access_tokens": "what the operator gives to programs, until it ends; the name of who has made one is replaced with that in the trail",
	"access_tokens":         "copies of what is in grants and users, as an access token says it, until it expires; they go with the grant",
	"idempotency_keys":      "that a call was made: the trail has what it did; for a day",
	"registrations":         "somebody who is no user yet, with an address; for an hour at most",
	"device_authorizations": "what a device asks for, with the address that it asked from, before anybody has signed in; for a day",
	"backchannel_requests":  "what a client asks a user, until the user decides; what comes of it is a grant or a consent; for a day",
	"invitations": "somebody who is no user yet, with an address, until it is used or 30 days have gone; that a user has invited them is in the " +
		"trail, and goes with that user",
	"event_stream_removals": "that an application wants to hear nothing of a user: a wish of the application, which it has from nobody here",
	"security_events":       "copies of what is in the trail and in sessions, until an application has it; for a week at most",
	"authorization_requests": "where a sign-in stands: what comes of it is a session, a grant or a consent; for as long as a person may " +
		"take to sign in",
}

// decidedColumns says of each table with rows of persons where its columns are in the document: section.field, or the reason why they are
// not. Whoever adds a column decides here.
var decidedColumns = map[string]string{
	"users": `id=profile.id username=profile.username email=profile.email active=profile.active verified=profile.email_verified admin=profile.admin
		requires_password_change=profile.requires_password_change failed_attempts=profile.failed_attempts
		locked_until=profile.strangers_refused_until last_login_at=profile.last_login_at last_login_ip=profile.last_login_ip
		created_at=profile.created_at updated_at=profile.updated_at version=profile.version name=profile.name given_name=profile.given_name
		family_name=profile.family_name middle_name=profile.middle_name nickname=profile.nickname preferred_username=profile.preferred_username
		profile=profile.profile picture=profile.picture website=profile.website gender=profile.gender birthdate=profile.birthdate
		zoneinfo=profile.zoneinfo locale=profile.locale phone_number=profile.phone_number phone_number_verified=profile.phone_number_verified
		address=profile.address unlocked_at=profile.unlocked_at password_changed_at=profile.password_changed_at
		password_expires_at=profile.password_expires_at password_hash=secret created_by=of-another second_factor=profile.second_factor
		second_factor_due_at=bookkeeping passkey=copy security_key=copy second_step=profile.second_step
		second_factor_required=profile.second_factor_required
		terms_version=profile.terms_version terms_accepted_at=profile.terms_accepted_at
		username_key=copy email_key=copy name_key=copy given_name_key=copy family_name_key=copy search_text=copy preferred_username_key=copy
		last_login_key=copy rowid=copy`,
	"sessions": `id=sessions.id digest=secret user_id=profile.id created_at=sessions.created_at last_active_at=sessions.last_active_at
		auth_time=sessions.auth_time expires_at=sessions.expires_at max_expires_at=sessions.max_expires_at ip=sessions.ip
		user_agent=sessions.user_agent amr=sessions.amr acr=sessions.acr ended_at=sessions.ended_at end_reason=sessions.end_reason
		factors=copy level=copy provider_id=bookkeeping`,
	"linked_identities": `id=bookkeeping provider_id=bookkeeping issuer=linked_identities.issuer subject=linked_identities.subject
		user_id=profile.id email=linked_identities.email email_verified=linked_identities.email_verified
		created_at=linked_identities.created_at last_used_at=linked_identities.last_used_at`,
	"grants": `id=grants.id user_id=profile.id client_id=grants.client_id session_id=grants.session_id scopes=grants.scopes
		resources=grants.resources authorization_details=grants.authorization_details claims=grants.claims
		auth_time=grants.auth_time amr=grants.amr acr=grants.acr offline=grants.offline
		created_at=grants.created_at ended_at=grants.ended_at end_reason=grants.end_reason code_redirect_uri=grants.redirect_uri
		code_spent_at=grants.code_redeemed_at refresh_rotated_at=grants.refreshed_at refresh_expires_at=grants.refresh_expires_at
		refresh_idle_expires_at=grants.refresh_idle_expires_at code_digest=secret code_challenge=secret code_nonce=secret jkt=of-the-client
		x5t_s256=of-the-client
		code_expires_at=bookkeeping refresh_generation=bookkeeping refresh_grace_uses=bookkeeping
		refresh_overlaps=bookkeeping front_channel=bookkeeping`,
	"consents": `user_id=profile.id client_id=consents.client_id scopes=consents.scopes created_at=consents.created_at updated_at=consents.updated_at`,
	"totps": `id=bookkeeping user_id=profile.id sealed=secret last_step=bookkeeping failures=bookkeeping created_at=events.occurred_at
		last_used_at=events.occurred_at`,
	"webauthn_handles": `user_id=profile.id handle=secret`,
	"passkeys": `id=bookkeeping user_id=profile.id credential_id=secret record=secret name=credentials.name security_key=credentials.kind sign_count=bookkeeping
		backup_eligible=bookkeeping backed_up=bookkeeping created_at=credentials.created_at last_used_at=credentials.last_used_at
		clone_suspected_at=events.occurred_at`,
	"recovery_codes": `user_id=profile.id digest=secret created_at=events.occurred_at used_at=events.occurred_at`,
	"browser_users":  `browser_digest=secret user_id=profile.id last_seen_at=browsers.last_seen_at trusted_until=events.occurred_at known_until=events.occurred_at`,
	"sign_in_codes": `id=bookkeeping digest=secret login=bookkeeping user_id=profile.id email=messages.to code_digest=secret attempts=bookkeeping
		created_at=messages.created_at expires_at=bookkeeping`,
	"user_networks": `user_id=profile.id network=networks.network last_seen_at=networks.last_seen_at`,
	"mail_messages": `id=bookkeeping kind=messages.kind user_id=profile.id to_address=messages.to locale=messages.locale sealed=secret
		attempts=messages.attempts failure=messages.failure created_at=messages.created_at sent_at=messages.sent_at failed_at=messages.failed_at`,
	"one_time_tokens": `id=bookkeeping digest=secret purpose=links.purpose user_id=profile.id email=links.email created_at=links.created_at
		expires_at=links.expires_at`,
	"group_members":   `id=bookkeeping group_id=groups.path user_id=profile.id joined_at=groups.joined_at`,
	"user_attributes": `user_id=profile.id attribute_id=attributes.name position=attributes.values value=attributes.values unique_key=copy filter_key=copy`,
	"role_assignments": `id=bookkeeping role_id=roles.name user_id=profile.id group_id=groups.path
		assigned_at=roles.assigned_at`,
	"audit_events": `id=events.id occurred_at=events.occurred_at actor_kind=events.by actor_id=events.by actor_name=of-another client_id=events.client_id
		action=events.action target_kind=events.target_kind target_id=events.target_id target_name=events.target_name outcome=events.outcome
		reason=events.reason ip=events.ip user_agent=events.user_agent request_id=events.request_id changes=events.changes digest=secret`,
	"transfers": `id=jobs.id kind=jobs.kind state=jobs.state actor=jobs.ip options=of-another upload_id=bookkeeping size=bookkeeping step=bookkeeping
		checkpoint=bookkeeping counts=jobs.rows error_code=bookkeeping error_detail=of-another created_at=jobs.created_at updated_at=bookkeeping
		finished_at=jobs.finished_at expires_at=jobs.expires_at`,
}

// notTold are the reasons why a column is not in the document.
var notTold = map[string]string{
	"secret":        "a secret, or what one could be found by",
	"copy":          "the same in another form, to search and compare by",
	"of-another":    "may name somebody else (Art. 15(4) GDPR)",
	"of-the-client": "the key of an application",
	"bookkeeping":   "how far the server has come; it says nothing of the person",
}

// TestEveryColumnAboutAPersonIsExportedOrDecidedAgainst on both databases: whoever adds one decides.
func TestEveryColumnAboutAPersonIsExportedOrDecidedAgainst(t *testing.T) {
	t.Parallel()
	eachDatabase(t, func(t *testing.T, f *fixture, db *sql.DB, sqlite bool) {
		_, text := f.dataOf(f.ctx, t, f.user(t, "ann").ID)
		data := readData(t, text)
		tables := columnsOf(t, db, sqlite)
		for table, columns := range tables {
			if otherTables[table] != "" || !slices.ContainsFunc(columns, namesAPerson.MatchString) {
				continue
			}
			decided := map[string]string{}
			for _, entry := range strings.Fields(decidedColumns[table]) {
				column, where, _ := strings.Cut(entry, "=")
				decided[column] = where
			}
			for _, column := range columns {
				section, field, exported := strings.Cut(decided[column], ".")
				switch {
				case decided[column] == "":
					t.Errorf("%s.%s may be about a person: export it, or say in decidedColumns why not", table, column)
				case exported && data.Sections[section].Fields[field] == "":
					t.Errorf("%s.%s is said to be in %s, which there is not", table, column, decided[column])
				case !exported && notTold[decided[column]] == "":
					t.Errorf("%s.%s: %q is no reason", table, column, decided[column])
				}
				delete(decided, column)
			}
			for column := range decided {
				if column != "rowid" && tables[table] != nil { // of one database
					t.Errorf("%s.%s is not there any more", table, column)
				}
			}
		}
		for table := range decidedColumns {
			if tables[table] == nil {
				t.Errorf("there is no table %s", table)
			}
		}
	})
}

// eachDatabase runs a test on both, with a connection of its own.
func eachDatabase(t *testing.T, body func(t *testing.T, f *fixture, db *sql.DB, sqlite bool)) {
	t.Helper()
	for driver, open := range map[string]func(testing.TB, ...store.Options) (*store.Store, string){
		"sqlite": storetest.SQLite, "pgx": storetest.Postgres,
	} {
		t.Run(driver, func(t *testing.T) {
			t.Parallel()
			s, address := open(t)
			db, err := sql.Open(driver, strings.TrimPrefix(address, "sqlite:"))
			noError(t, err)
			defer db.Close()
			body(t, newFixtureOn(t, s), db, driver == "sqlite")
		})
	}
}

// columnsOf reads which columns the tables of a database have.
func columnsOf(t *testing.T, db *sql.DB, sqlite bool) map[string][]string {
	t.Helper()
	query := `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`
	if sqlite {
		query = `SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'
			AND m.name NOT LIKE 'users_search%' AND m.name NOT LIKE 'sqlite_%'`
	}
	rows, err := db.QueryContext(t.Context(), query)
	noError(t, err)
	defer rows.Close()
	tables := map[string][]string{}
	for rows.Next() {
		var table, column string
		noError(t, rows.Scan(&table, &column))
		tables[table] = append(tables[table], column)
	}
	noError(t, rows.Err())
	return tables
}
