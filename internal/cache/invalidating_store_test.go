package cache

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// readMethods are the methods of a store that change nothing.
var readMethods = []string{
	"AuditChainState", "AuditKeys", "PairwiseKey", "AuditLinks", "AuditRecordsOf", "LockAuditChain", "PendingAudit", "UnlinkedAudit", "WaitingAudit",
	"ActiveAdmins", "ActiveSessionCounts", "AuditDays", "AuditEvents", "AuditEventsByID", "BrowserSessionByDigest", "ClientByClientID",
	"ClientByID", "Clients", "ClientsByID", "ClientsOfResources", "ClientsOfScopes", "ClientsPage", "ConsentFor", "ConsentsOf", "CountActiveSessions",
	"CountAuditEvents", "CountClients", "CountClientUse", "CountResourceUse", "CountScopeUse", "CountSessions", "CountUserRows", "CountUsers", "CredentialsOf",
	"Familiarity", "GrantsOfSessions", "GrantStatus", "GrantStatusByCode", "GrantStatusByID", "InteractionByDigest", "InteractionByID",
	"Analyze", "Chunk", "CountTransfers", "LockTransfers", "LockUsersNamed", "MailByID", "Mails", "MailsByID", "CountMails", "TransferByID", "TransferFailures", "Transfers", "TransfersByID", "TransfersChanged",
	"ClientNames", "HoldAdministrator", "Usernames", "HoldClient", "HoldSession", "JobBacklogs", "Keys",
	"LockClient", "LockSealedClients", "LockDetailTypes", "DetailTypes", "LockKeys", "LockResources", "LockScopes", "LockUsers", "NameKey", "NewestAuditOf", "NewestGrants", "NewestSessions", "OwnersOfSessions", "Ping", "Resources", "Scopes",
	"OpaqueTokenByDigest", "SessionByDigest", "SessionByID", "SessionClients", "ClientsOfSession", "JobsMade", "SessionFactors", "Sessions", "SessionsBeyond", "TokenRevoked", "UserByEmail", "UserByID",
	"ClientDays", "Consents", "ConsentsByKey", "CountConsents", "CountGrants", "CountLiveGrants", "Grants", "GrantsByID", "SessionsByID", "EndedSessions",
	"LatestConsentsOfClients", "NewestGrantsOfClients", "NewestSessionsOfClients",
	"UserByUsername", "UserNumbers", "Users", "UsersByID",

	"CountGroupMembers", "CountGroupMembersBelow", "CountGroups", "FirstChildren", "GroupAncestors", "GroupMembers", "GroupNamed", "Groups",
	"GroupsBelow", "GroupsByID", "LockGroup", "NewestMembers", "NewestMemberships",
	"AdminRightsOfGroups", "Delegations", "GroupsOfAdministrators", "LockDelegations", "RoleOfAdministrators", "SubjectsOfManyRoles", "UsersInReach", "UsersInManyGroups",
	"CountRoleAssignments", "CountRoles", "FirstRoles", "LockRole", "Memberships", "NewestRoleAssignments", "RoleAssignments", "Roles", "RolesByID",

	"AttributeDefinitions", "AttributeHolders", "CountAttributeUsers", "LockAttributeDefinition", "LockAttributeDefinitions", "UserAttributes",
	"LockSettings", "StoredSettings", "LockBrand", "StoredBrand", "StoredBrandUnless",
	"SealedTOTPs", "CountSealed", "TOTPOf", "PasskeyHandle", "PasskeyByCredential", "PasskeysOf", "OneTimeTokenByDigest", "OneTimeTokensOf", "RecoveryCodesOf",
	"BrowsersOfUsers", "CountTrusted", "RegistrationByDigest", "SignInCodeByDigest", "DeviceAuthorizationByCode", "DeviceAuthorizationByUserCode",
	"BackchannelRequestByID", "BackchannelRequestByDigest", "WaitingBackchannelRequests",
	"UnusedClients", "InitialAccessTokenByDigest", "InitialAccessTokensByID", "InitialAccessTokens", "CountInitialAccessTokens",
	"InvitationByDigest", "Invitations", "InvitationsByID", "CountInvitations",
	"PlacesOf", "TransfersOf",
	"HoldProvider", "LinkedIdentitiesOf", "LinkedIdentity", "LockProvider", "Providers", "SessionsThrough",
	"TrustedIssuers", "LockTrustedIssuer",
	"EventStreamByID", "EventStreamOf", "EventStreamsAbout", "LockEventStream", "SealedEventStreams", "SecurityEvents", "WaitingEventStreams",
}

// Why a write changes nothing that is cached.
const (
	protocolOnly = "only the protocol reads it, and never from a cache"
	grantsAgeOut = "grants and consents are not cached but for the status of a grant, which does not hold this"
	notShown     = "no answer that is cached shows the chain"
	jobsFresh    = "answers about jobs are not cached"

	invitationsFresh = "answers about invitations are not cached"
	tokensFresh      = "answers about initial access tokens are not cached"
	newGrant         = "no status is cached of a grant that did not exist"
)

// uncachedWrites are the methods that write and need not invalidate anything, with the reason.
var uncachedWrites = map[string]string{
	"SaveInteraction": protocolOnly, "ReplaceInteractionGrant": protocolOnly,
	"MarkUsed":         protocolOnly,
	"ClaimIdempotency": protocolOnly, "SaveIdempotency": protocolOnly,
	"InsertJobs": protocolOnly, "ClaimJob": protocolOnly, "UpdateJob": protocolOnly, "HastenJob": protocolOnly, "TakeLogoutDeliveries": protocolOnly,

	"InsertMails": protocolOnly, "SaveMail": protocolOnly,

	"AppendAudit": notShown, "SaveAuditCheckpoint": notShown, "SaveAuditKey": notShown, "EraseAudit": notShown, "SealErasedAudit": notShown,
	"RemoveAudit": "a list may show an old event until its max age",

	"InsertTransfer": jobsFresh, "MoveTransfer": jobsFresh, "AdvanceTransfer": jobsFresh, "InsertTransferFailures": jobsFresh,
	"EraseTransfers": jobsFresh, "InsertChunk": jobsFresh, "DeleteChunks": jobsFresh, "SweepChunks": jobsFresh,
	"AddClientDays": "usage is not cached, and a list by last use may have the order of before until its max age",

	"InsertPairwiseKey": "it is inserted once", "ResealPairwiseKey": "the key stays what it is",
	"ResealKey": "the key stays what it is", "ResealRootKeyCheck": "it is read at the start alone",

	"SpendTOTP": protocolOnly, "RecordTOTPFailure": protocolOnly, "UpgradePassword": protocolOnly,
	"UsePasskey":        "a user may be shown with an earlier use until the max age",
	"SuspectPasskey":    "as UsePasskey",
	"UseLinkedIdentity": "as UsePasskey",
	"ResealTOTP":        "the app stays what it is",
	"SaveOneTimeToken":  protocolOnly, "SpendOneTimeToken": protocolOnly, "EndOneTimeTokens": protocolOnly,

	"InsertRegistration": protocolOnly, "TryRegistration": protocolOnly, "ProveRegistration": protocolOnly, "SpendRegistration": protocolOnly,
	"InsertSignInCode": protocolOnly, "TrySignInCode": protocolOnly, "SpendSignInCode": protocolOnly,
	"SaveInvitation": invitationsFresh, "SpendInvitation": invitationsFresh, "DeleteInvitation": invitationsFresh,

	"InsertDeviceAuthorization": protocolOnly,
	"InsertBackchannelRequest":  protocolOnly,

	"InsertEventStream": protocolOnly, "UpdateEventStream": protocolOnly, "DeleteEventStream": protocolOnly, "VerifyEventStream": protocolOnly,
	"ResealEventStream": protocolOnly, "RemoveStreamSubject": protocolOnly, "AddStreamSubject": protocolOnly,
	"InsertSecurityEvents": protocolOnly, "DeleteSecurityEvents": protocolOnly, "ClearEventStream": protocolOnly,

	"InsertInitialAccessToken": tokensFresh, "SpendInitialAccessToken": tokensFresh, "DeleteInitialAccessToken": tokensFresh,

	"ReplaceRecoveryCodes": protocolOnly, "SpendRecoveryCode": protocolOnly, "DeleteRecoveryCodes": protocolOnly,

	"RememberPlace": protocolOnly, "EndTrust": protocolOnly, "ForgetBrowsers": protocolOnly,

	"InsertGrant": newGrant, "InsertGrantOn": newGrant, "InsertCode": newGrant,
	"InsertOpaqueToken": "what was not there is not cached",
	"SpendCode":         grantsAgeOut, "RotateRefresh": grantsAgeOut, "ExtendRefresh": grantsAgeOut, "RepeatRefresh": grantsAgeOut,
	"SaveConsent": grantsAgeOut, "DeleteConsent": grantsAgeOut, "DeleteConsents": grantsAgeOut,

	"RefoldUsers": "a list may lack a user until its max age, as it did before",
	"Sweep":       "what it removes ended long ago; a list may show it until its max age",
	"InTx":        "the writes inside invalidate, after it has ended: TestADeadTokenIsDeadAtOnceOnItsNode",
}

// endedStore has ended something, because only that invalidates. Its other methods panic.
type endedStore struct{ identity.Store }

func (endedStore) EndSessions(context.Context, identity.SessionSelection, time.Time, identity.EndReason) ([]uuid.UUID, error) {
	return []uuid.UUID{{}}, nil
}

func (endedStore) EndGrants(context.Context, identity.GrantSelection, time.Time, identity.EndReason) ([]uuid.UUID, error) {
	return []uuid.UUID{{}}, nil
}

func (endedStore) DeleteSessionGrantsBeyond(context.Context, uuid.UUID, uuid.UUID, int) ([]uuid.UUID, error) {
	return []uuid.UUID{{}}, nil
}

func (endedStore) DeleteOfflineGrantsBeyond(context.Context, uuid.UUID, uuid.UUID, int) ([]uuid.UUID, error) {
	return []uuid.UUID{{}}, nil
}

// invalidatedBy calls a method with zero arguments and returns the tags that it invalidates. One that is not overridden
// ends up in the store below, and invalidates none.
func invalidatedBy(method reflect.Method) (tags []string) {
	s := reflect.ValueOf(invalidatingStore{
		Store:      endedStore{},
		invalidate: func(_ context.Context, more ...string) { tags = append(tags, more...) },
	}).MethodByName(method.Name)
	args := []reflect.Value{reflect.ValueOf(context.Background())}
	for i := 1; i < s.Type().NumIn() && (!s.Type().IsVariadic() || i < s.Type().NumIn()-1); i++ {
		args = append(args, reflect.Zero(s.Type().In(i)))
	}
	defer func() { _ = recover() }()
	s.Call(args)
	return tags
}

// TestEveryWriteInvalidatesOrIsOnTheList: a method that is added to the store is on no list, and one whose override is
// removed invalidates nothing.
func TestEveryWriteInvalidatesOrIsOnTheList(t *testing.T) {
	t.Parallel()
	store := reflect.TypeFor[identity.Store]()
	known := slices.Concat(readMethods, slices.Collect(maps.Keys(uncachedWrites)))
	for i := range store.NumMethod() {
		method := store.Method(i)
		tags := invalidatedBy(method)
		switch listed := slices.Contains(known, method.Name); {
		case len(tags) == 0 && !listed:
			t.Errorf("%s invalidates nothing; override it in invalidatingStore, or say here why it need not", method.Name)
		case len(tags) > 0 && listed:
			t.Errorf("%s invalidates %v and is on a list of methods that do not", method.Name, tags)
		}
	}
	for _, name := range known {
		if _, ok := store.MethodByName(name); !ok {
			t.Errorf("%s is on a list and is no method of the store", name)
		}
	}
}
