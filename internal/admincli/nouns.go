package admincli

import "strings"

// noun is a kind of object of the API, and what can be done with it.
type noun struct {
	name     string // of the command
	singular string // for sentences, with its article
	typeName string // of the schema
	list     string // the field of Query with many; empty: there is none
	get      string // the field of Query with one; empty: it is found in the list, by one of the fields of match
	match    []string
	refer    func(text string) map[string]any // what get and mutations know it by, if it has names beside its id
	columns  string                           // of a table
	example  string                           // a command for the help
	verbs    []verb
}

// verb is a command that calls one field of the schema.
type verb struct {
	name   string
	field  string
	args   string // the inputs that are arguments, in their order; the last may end with ... for many
	upload bool   // the last argument is a file, which goes where the payload says
	asks   string // what is confirmed; empty: nothing. %s is the first argument
	only   string // columns, if the type of the result has no noun
	rows   string // the field of the result with the objects that are shown; empty: it is the result itself
}

// byID is how a noun is referred to whose id begins with the prefix, and that has a name too.
func byID(prefix, name string) func(string) map[string]any {
	return func(text string) map[string]any {
		if strings.HasPrefix(text, prefix) {
			return map[string]any{"id": text}
		}
		return map[string]any{name: text}
	}
}

func referUser(text string) map[string]any {
	if strings.Contains(text, "@") {
		return map[string]any{"email": text}
	}
	return byID("usr_", "username")(text)
}

// nouns is the whole command line. What it does not reach of the schema is listed in absent.
var nouns = []noun{
	{
		name: "users", singular: "a user", typeName: "User", list: "users", get: "user", refer: referUser,
		columns: "id username email active verified admin lastLoginAt",
		example: "authly admin users list --active --email-contains example.org --output csv",
		verbs: []verb{
			{name: "create", field: "createUser"},
			{name: "update", field: "updateUser", args: "id"},
			{name: "delete", field: "deleteUser", args: "id", asks: "Delete the user %s, with sessions, grants and consents?"},
			{name: "reset-password", field: "resetUserPassword", args: "id", asks: "Replace the password of %s, and end all sessions and grants?"},
			{name: "recovery-link", field: "createRecoveryLink", args: "id"},
			{name: "unlock", field: "unlockUser", args: "id"},
			{name: "set-verified", field: "setUserVerified", args: "id verified"},
			{name: "set-mfa-required", field: "setMfaRequired", args: "id mfaRequired"},
			{name: "send-verification", field: "sendVerificationEmail", args: "id"},
			{name: "revoke-sessions", field: "revokeUserSessions", args: "id", asks: "End all sessions of %s?"},
			{name: "revoke-grants", field: "revokeUserGrant", args: "userId", asks: "End grants of %s?"},
			{name: "remove-passkey", field: "removePasskey", args: "id passkeyId", asks: "Take a passkey from %s?"},
			{name: "remove-security-key", field: "removeSecurityKey", args: "id securityKeyId", asks: "Take a security key from %s?"},
			{name: "remove-totp", field: "removeTotp", args: "id", asks: "Take the authenticator app from %s?"},
			{name: "remove-recovery-codes", field: "removeRecoveryCodes", args: "id", asks: "Take the recovery codes from %s?"},
			{name: "forget-browsers", field: "forgetBrowsers", args: "id", asks: "Forget all browsers of %s?"},
			{name: "unlink-identity", field: "unlinkIdentity", args: "id linkedIdentityId", asks: "Disconnect %s from an identity provider?"},
			{name: "bulk-update", field: "bulkUpdateUsers", args: "ids..."},
			{name: "bulk-delete", field: "bulkDeleteUsers", args: "ids...", asks: "Delete these users, with sessions, grants and consents?"},
			{name: "bulk-reset-passwords", field: "bulkResetPasswords", args: "ids...", asks: "Replace the passwords of these users?"},
			{name: "bulk-revoke-sessions", field: "bulkRevokeSessions", args: "ids...", asks: "End all sessions of these users?"},
			{name: "import", field: "importUsers", upload: true},
			{name: "export", field: "exportUsers"},
			{name: "export-data", field: "exportUserData", args: "userId"},
		},
	},
	{
		name: "clients", singular: "a client", typeName: "Client", list: "clients", get: "client", refer: byID("cli_", "clientId"),
		columns: "id clientId name active public scopes",
		example: "authly admin clients create --client-id billing --name Billing --grant-types client_credentials --scopes invoices:read",
		verbs: []verb{
			{name: "create", field: "createClient"},
			{name: "update", field: "updateClient", args: "id"},
			{name: "duplicate", field: "duplicateClient", args: "id"},
			{name: "delete", field: "deleteClient", args: "id", asks: "Delete the client %s, with its grants and consents?"},
			{name: "add-secret", field: "addClientSecret", args: "id"},
			{name: "end-secret", field: "endClientSecret", args: "id secretId", asks: "End a secret of the client %s?"},
			{name: "rotate-secret", field: "rotateClientSecret", args: "id", asks: "Replace the secret of the client %s?"},
			{name: "revoke-grants", field: "revokeClientGrants", args: "id", asks: "End all grants of the client %s?"},
		},
	},
	{
		name: "sessions", singular: "a session", typeName: "Session", list: "sessions", get: "session",
		columns: "id user.username ip active createdAt lastActiveAt",
		example: "authly admin sessions list --user-id alice --active",
		verbs: []verb{
			{name: "revoke", field: "revokeSession", args: "id", asks: "End the session %s?"},
			{name: "bulk-revoke", field: "revokeSessions", asks: "End all these sessions?"},
		},
	},
	{
		name: "grants", singular: "a grant", typeName: "Grant", list: "grants", get: "grant",
		columns: "id user.username client.clientId scopes offline createdAt lastUsedAt",
		example: "authly admin grants list --offline --client billing",
		verbs: []verb{
			{name: "revoke", field: "revokeGrant", args: "id", asks: "End the grant %s?"},
			{name: "bulk-revoke", field: "revokeGrants", asks: "End all these grants?"},
		},
	},
	{
		name: "consents", singular: "a consent", typeName: "Consent", list: "consents",
		columns: "id user.username client.clientId scopes updatedAt",
		example: "authly admin consents list --user-id alice",
		verbs: []verb{
			{name: "revoke", field: "revokeConsent", args: "id", asks: "Take back the consent %s?"},
			{name: "bulk-revoke", field: "revokeConsents", asks: "Take back all these consents?"},
		},
	},
	{
		name: "groups", singular: "a group", typeName: "Group", list: "groups", get: "group", refer: byID("grp_", "path"),
		columns: "id path description updatedAt",
		example: "authly admin groups add-members /sales/emea alice bob",
		verbs: []verb{
			{name: "create", field: "createGroup"},
			{name: "update", field: "updateGroup", args: "id"},
			{name: "delete", field: "deleteGroup", args: "id", asks: "Delete the group %s?"},
			{name: "add-members", field: "addGroupMembers", args: "groupId userIds..."},
			{name: "remove-members", field: "removeGroupMembers", args: "groupId userIds...", asks: "Take users out of the group %s?"},
		},
	},
	{
		name: "roles", singular: "a role", typeName: "Role", list: "roles", get: "role",
		columns: "id name client.clientId adminScopes description",
		example: "authly admin roles assign rol_… --user-ids alice,bob",
		verbs: []verb{
			{name: "create", field: "createRole"},
			{name: "update", field: "updateRole", args: "id"},
			{name: "delete", field: "deleteRole", args: "id", asks: "Delete the role %s?"},
			{name: "assign", field: "assignRole", args: "roleId"},
			{name: "unassign", field: "unassignRole", args: "roleId", asks: "Take the role %s from them?"},
		},
	},
	{
		name: "scopes", singular: "a scope", typeName: "Scope", list: "scopes", get: "scope",
		columns: "name description default builtIn claims",
		example: "authly admin scopes create invoices:read --description 'Read invoices'",
		verbs: []verb{
			{name: "create", field: "createScope", args: "name"},
			{name: "update", field: "updateScope", args: "name"},
			{name: "delete", field: "deleteScope", args: "name", asks: "Delete the scope %s?"},
		},
	},
	{
		name: "resources", singular: "a resource", typeName: "Resource", list: "resources", get: "resource",
		columns: "uri name scopes accessTokenTyp accessTokenTtl",
		example: "authly admin resources create https://api.example.org --scopes invoices:read",
		verbs: []verb{
			{name: "create", field: "createResource", args: "uri"},
			{name: "update", field: "updateResource", args: "uri"},
			{name: "delete", field: "deleteResource", args: "uri", asks: "Delete the resource %s?"},
		},
	},
	{
		name: "authorization-details", singular: "a type of authorization details", typeName: "AuthorizationDetailDefinition",
		list: "authorizationDetailDefinitions", match: []string{"type"}, columns: "type description updatedAt",
		example: "authly admin authorization-details create payment_initiation -f payment.yaml",
		verbs: []verb{
			{name: "create", field: "createAuthorizationDetailDefinition", args: "type"},
			{name: "update", field: "updateAuthorizationDetailDefinition", args: "type"},
			{name: "delete", field: "deleteAuthorizationDetailDefinition", args: "type", asks: "Delete the type %s?"},
		},
	},
	{
		name: "attributes", singular: "an attribute", typeName: "AttributeDefinition",
		list: "attributeDefinitions", match: []string{"name", "id"}, columns: "id name type required unique filterable claim",
		example: "authly admin attributes create --name cost_center --type STRING --filterable",
		verbs: []verb{
			{name: "create", field: "createAttributeDefinition"},
			{name: "update", field: "updateAttributeDefinition", args: "id"},
			{name: "delete", field: "deleteAttributeDefinition", args: "id", asks: "Delete the attribute %s?"},
		},
	},
	{
		name: "keys", singular: "a signing key", typeName: "SigningKey", list: "signingKeys", match: []string{"id", "kid"},
		columns: "id kid algorithm state createdAt activatedAt",
		example: "authly admin keys import --key file:next.pem",
		verbs: []verb{
			{name: "rotate", field: "rotateSigningKey", args: "algorithm", asks: "Let the next key of %s sign?"},
			{name: "retire", field: "retireSigningKey", args: "id", asks: "Take the key %s out of use?"},
			{name: "import", field: "importSigningKey"},
			{name: "reseal", field: "resealSecrets"},
		},
	},
	{
		name: "providers", singular: "an identity provider", typeName: "IdentityProvider", list: "identityProviders",
		match: []string{"slug", "id"}, columns: "id slug kind name enabled issuer",
		example: "authly admin providers test idp_…",
		verbs: []verb{
			{name: "create", field: "createIdentityProvider"},
			{name: "update", field: "updateIdentityProvider", args: "id"},
			{name: "delete", field: "deleteIdentityProvider", args: "id", asks: "Delete the identity provider %s?"},
			{name: "test", field: "testIdentityProvider", args: "id"},
		},
	},
	{
		name: "trusted-issuers", singular: "a trusted issuer", typeName: "TrustedIssuer", list: "trustedIssuers",
		match: []string{"issuer", "id"}, columns: "id issuer enabled userClaim userMatch",
		example: "authly admin trusted-issuers create --issuer https://ci.example.org --jwks-uri https://ci.example.org/jwks",
		verbs: []verb{
			{name: "create", field: "createTrustedIssuer"},
			{name: "update", field: "updateTrustedIssuer", args: "id"},
			{name: "delete", field: "deleteTrustedIssuer", args: "id", asks: "Trust the issuer %s no more?"},
		},
	},
	{
		name: "audit", singular: "an audit event", typeName: "AuditEvent", list: "auditEvents", get: "auditEvent",
		columns: "occurredAt actorName action targetName outcome ip",
		example: "authly admin audit list --occurred-at-gte 2026-12-01T00:00:00Z --output jsonl",
		verbs: []verb{
			{name: "actions", field: "auditActions", only: "name description"},
			{name: "export", field: "exportAuditEvents"},
		},
	},
	{
		name: "refusals", singular: "a refusal", typeName: "Refusal", list: "refusals",
		columns: "occurredAt endpoint code message expected requestId",
		example: "authly admin refusals list --client billing",
	},
	{
		name: "jobs", singular: "a job", typeName: "Job", list: "jobs", get: "job",
		columns: "id kind state progress createdBy createdAt finishedAt",
		example: "authly admin jobs list --state RUNNING",
		verbs: []verb{
			{name: "pause", field: "pauseJob", args: "id"},
			{name: "resume", field: "resumeJob", args: "id"},
			{name: "cancel", field: "cancelJob", args: "id", asks: "End the job %s?"},
		},
	},
	{
		name: "mail", singular: "a message", typeName: "MailMessage", list: "mailMessages", get: "mailMessage",
		columns: "id kind state to attempts createdAt failure",
		example: "authly admin mail list --state FAILED",
		verbs: []verb{
			{name: "retry", field: "retryMail", args: "id"},
			{name: "test", field: "sendTestEmail", args: "userId"},
		},
	},
	{
		name: "invitations", singular: "an invitation", typeName: "Invitation", list: "invitations", get: "invitation",
		columns: "id email createdBy createdAt expiresAt",
		example: "authly admin invitations create carol@example.org --group-ids /sales",
		verbs: []verb{
			{name: "create", field: "createInvitation", args: "email"},
			{name: "revoke", field: "revokeInvitation", args: "id", asks: "Withdraw the invitation %s?"},
		},
	},
	{
		name: "initial-access-tokens", singular: "an initial access token", typeName: "InitialAccessToken", list: "initialAccessTokens",
		get: "initialAccessToken", columns: "id name uses usesLeft createdBy expiresAt",
		example: "authly admin initial-access-tokens create partner --uses 3",
		verbs: []verb{
			{name: "create", field: "createInitialAccessToken", args: "name"},
			{name: "delete", field: "deleteInitialAccessToken", args: "id", asks: "Delete the initial access token %s?"},
		},
	},
	{
		name: "settings", singular: "a setting", typeName: "Setting",
		columns: "name value source default",
		example: "authly admin settings update --values '[{name: AUTHLY_SESSION_TTL, value: 1h}]' --expected-version 0",
		verbs: []verb{
			{name: "list", field: "settings", rows: "all", only: "name value source default"},
			{name: "version", field: "settings", only: "version updatedAt"},
			{name: "update", field: "updateSettings", only: "settings.version settings.updatedAt"},
		},
	},
	{
		name: "branding", singular: "the branding", typeName: "Branding",
		columns: "version productName accent accentDark helpUrl privacyUrl imprintUrl updatedAt",
		example: "authly admin branding update --product-name 'Example ID' --accent '#0a58ca'",
		verbs: []verb{
			{name: "get", field: "branding"},
			{name: "update", field: "updateBranding"},
		},
	},
	{
		name: "stats", singular: "the dashboard", typeName: "Dashboard", columns: "at users activeSessions",
		example: "authly admin stats get --days 7 --output json",
		verbs:   []verb{{name: "get", field: "dashboard"}},
	},
}

// absent are the fields of the schema that no verb reaches, each with the reason.
var absent = map[string]string{
	"me":              "authly admin whoami",
	"node":            "get of the noun",
	"nodes":           "get of the noun",
	"auditEventAdded": "not there yet: --watch",
	"sessionChanged":  "not there yet: --watch",
	"jobUpdated":      "not there yet: --watch",
}

// nounOf finds the noun of a type of the schema.
func nounOf(typeName string) *noun {
	for i := range nouns {
		if nouns[i].typeName == typeName {
			return &nouns[i]
		}
	}
	return nil
}

// referred is what an input of the name refers to, inside a verb of a noun; nil: nothing that has names.
func referred(input string, own *noun) *noun {
	typeName := map[string]string{
		"userId": "User", "userIds": "User", "groupId": "Group", "groupIds": "Group", "parentId": "Group", "adminGroupIds": "Group",
		"client": "Client",
	}[input]
	switch {
	case typeName != "":
		return nounOf(typeName)
	case (input == "id" || input == "ids") && own != nil && own.refer != nil:
		return own
	}
	return nil
}
