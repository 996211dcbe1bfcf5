package identity

// ActionDescription says in one line when an action is written.
type ActionDescription struct {
	Action  Action
	Meaning string
}

// Actions are all actions of the audit trail: what a filter may name and docs/admin-api.md lists.
var Actions = []ActionDescription{
	{ActionUserCreated, "An administrator, a declaration or the server has added a user."},
	{ActionUserUpdated, "An administrator has changed a user; the changes are named."},
	{ActionUserDeleted, "A user is gone, with sessions, grants and consents."},
	{ActionUserDeletedBySelf, "A user has deleted their own account, with sessions, grants and consents."},
	{ActionUserUnlocked, "An administrator has forgotten failed sign-ins and lets strangers try again."},
	{ActionAccountLocked, "Too many wrong passwords; only servers of before lock accounts."},
	{ActionThrottleEngaged, "A limit of attempts was reached, once an episode; the reason says which."},
	{ActionClientRefused, "A client did not prove who it is: once an hour for each network and reason, which names the rule."},
	{ActionAdminRefused, "The admin API refused a caller for want of a right: once an hour for each reason, a scope or a rule."},
	{ActionPasswordReset, "An administrator has given a user a temporary password."},
	{ActionPasswordChanged, "A user has chosen a new password."},
	{ActionRecoveryRequested, "Somebody has asked to choose a new password; a link was mailed, or the reason says why not."},
	{ActionRecoveryCompleted, "A user has replaced a forgotten password with a mailed link, and every session and grant has ended."},
	{
		ActionRecoveryLinkCreated,
		"An administrator has made a link by which a user chooses a new password; the changes say whether it was mailed.",
	},
	{ActionVerificationSent, "A user, or an administrator, has asked for a link that verifies the e-mail address."},
	{ActionAddressVerified, "A user has shown with such a link that the e-mail address is theirs."},
	{ActionAddressRequested, "A user has asked for another e-mail address, to which a link was mailed; the changes name it."},
	{ActionAddressCancelled, "A user wants that other e-mail address no more."},
	{ActionAddressChanged, "A user has shown with such a link that the other e-mail address is theirs, and has it from then on."},
	{ActionAddressUndone, "Whoever reads the former e-mail address has taken it back, and every session and grant has ended."},
	{ActionRegistrationStarted, "Somebody asks for an account; a code was mailed, or the reason says why not. The address is not named."},
	{ActionRegistrationCompleted, "A person has made an account for themselves; the fields are named, and the invitation, if there was one."},
	{ActionInvitationCreated, "An administrator invites somebody to make an account; the invitation is named, the address is not."},
	{ActionInvitationRevoked, "An administrator has withdrawn an invitation."},
	{ActionTOTPAdded, "A user has added an authenticator app, and is asked for its codes from then on."},
	{ActionTOTPRemoved, "The authenticator app of a user is gone: the user, or an administrator, has removed it."},
	{ActionPasskeyAdded, "A user has added a passkey; the changes name it."},
	{ActionPasskeyRenamed, "A user has given a passkey another name."},
	{ActionPasskeyRemoved, "A passkey of a user is gone: the user, or an administrator, has removed it."},
	{ActionPasskeyCloneSuspected, "A passkey was used whose count of uses has not moved on: somebody may have a copy. It was accepted."},
	{ActionPasskeyBackupChanged, "A passkey says of itself that it can be copied between devices, which it could not before."},
	{ActionRecoveryCodesCreated, "A user has taken a new set of recovery codes; those of before are worth nothing."},
	{ActionRecoveryCodesRemoved, "An administrator has taken the recovery codes from a user."},
	{ActionRecoveryCodeUsed, "A user has signed in with a recovery code instead of the authenticator app; the changes say how many are left."},
	{ActionBrowserTrusted, "A user has proven the second factor and is not asked for it again on this browser, for a time."},
	{ActionBrowsersForgotten, "A user is asked for the second factor on every browser again."},
	{ActionSecondFactorFailed, "A second factor was refused after the first was right; the reason says why."},
	{ActionSessionRaised, "A user has proven a second factor in a session that had begun without."},
	{ActionProfileUpdated, "A user has changed claims of their own."},
	{ActionDataExported, "A user has taken what is stored about them."},
	{ActionSignedIn, "A user has signed in; the client is the one that asked for it."},
	{ActionSignInFailed, "A sign-in was refused; the reason says why."},
	{ActionSessionsEnded, "Sessions have ended, with what is bound to them; the reason says why."},
	{ActionClientCreated, "A client was registered."},
	{ActionClientUpdated, "A client was changed, or its secrets, which are told by their ids."},
	{ActionClientDeleted, "A client is gone, with its grants."},
	{ActionScopeSaved, "A scope was added or changed."},
	{ActionScopeDeleted, "A scope is gone."},
	{ActionResourceSaved, "A resource was added or changed."},
	{ActionResourceDeleted, "A resource is gone."},
	{ActionGroupCreated, "A group was added."},
	{ActionGroupUpdated, "A group was renamed, described anew or moved."},
	{ActionGroupDeleted, "A group is gone, with its memberships."},
	{ActionGroupMemberAdded, "A user has become a member of a group; the changes name it."},
	{ActionGroupMemberRemoved, "A user is no longer a member of a group; the changes name it."},
	{ActionRoleCreated, "A role was added."},
	{ActionRoleUpdated, "A role was renamed or described anew."},
	{ActionRoleDeleted, "A role is gone, with its assignments."},
	{ActionRoleAssigned, "A user or a group has got a role; the changes name it."},
	{ActionRoleUnassigned, "A user or a group has a role no longer; the changes name it."},
	{ActionAttributeCreated, "An attribute of users was declared."},
	{ActionAttributeUpdated, "The declaration of an attribute of users was changed; the changes are named."},
	{ActionAttributeDeleted, "An attribute of users is gone."},
	{ActionSettingsUpdated, "An administrator has stored settings, or taken them back; the changes are named."},
	{ActionConsentGranted, "A user has allowed a client scopes."},
	{ActionConsentDenied, "A user has refused a client."},
	{ActionConsentRevoked, "An administrator has forgotten what a user has allowed a client: it asks again."},
	{ActionPasswordGrant, "A client has got tokens for a user's password."},
	{ActionGrantEnded, "Grants have ended: the client gets no more tokens under them."},
	{ActionCodeReplayed, "An authorization code came a second time; its grant has ended."},
	{ActionRefreshReused, "A refresh token came again after its grace; its grant has ended."},
	{ActionTokenRevoked, "A client has revoked an access token."},
	{ActionKeyCreated, "A signing key was made; it is published before it signs."},
	{ActionKeyActivated, "A signing key has begun to sign."},
	{ActionKeyRetired, "A signing key no longer signs; it stays published until its last token has expired."},
	{ActionKeyImported, "An administrator has imported a signing key; it is published before it signs."},
	{ActionKeyRemoved, "A signing key was taken out of the key set before its time: what it has signed is refused."},
	{ActionKeyResealed, "A signing key, which stays what it is, was sealed under a new root key."},
	{ActionJobCreated, "An administrator has asked for an import or export; the options are named."},
	{ActionJobStarted, "The file of an import has come, and it begins."},
	{ActionJobPaused, "An administrator has stopped an import or export for now."},
	{ActionJobResumed, "An administrator lets an import or export go on."},
	{ActionJobCancelled, "An administrator has ended an import or export; what it has done stays."},
	{ActionJobDownloaded, "The file of an export is downloaded, by whoever was given the link."},
	{ActionMailRetried, "An administrator lets a message that waits be sent at once; the changes name its kind."},
	{ActionMailTested, "An administrator has sent a user a message that says that it is a test."},
	{ActionMailFailed, "A message to a user was given up; the reason says why."},
	{ActionJobFinished, "An import or export is over; its rows are counted, and the reason says why it failed."},
	{ActionLogoutUndeliverable, "A client could not be told of a logout, and it is not tried again."},
}

var knownActions = func() map[Action]bool {
	known := make(map[Action]bool, len(Actions))
	for _, a := range Actions {
		known[a.Action] = true
	}
	return known
}()

// Known reports whether the action is one of Actions.
func (a Action) Known() bool { return knownActions[a] }
