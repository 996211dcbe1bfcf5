package web

import "github.com/authly/authly/identity"

// actionWords say to people what has happened to their accounts. Actions that are not here are of administration.
var actionWords = map[identity.Action]*phrase{
	identity.ActionUserCreated:           say("Account made"),
	identity.ActionUserUpdated:           say("Account changed"),
	identity.ActionUserUnlocked:          say("Failed sign-ins forgotten"),
	identity.ActionAccountLocked:         say("Too many wrong passwords"),
	identity.ActionThrottleEngaged:       say("Too many attempts"),
	identity.ActionPasswordReset:         say("Password reset"),
	identity.ActionPasswordChanged:       say("Password changed"),
	identity.ActionRecoveryRequested:     say("Link for a forgotten password asked for"),
	identity.ActionRecoveryCompleted:     say("Forgotten password replaced"),
	identity.ActionVerificationSent:      say("Link sent that verifies your e-mail address"),
	identity.ActionAddressVerified:       say("E-mail address verified"),
	identity.ActionTOTPAdded:             say("Authenticator app added"),
	identity.ActionTOTPRemoved:           say("Authenticator app removed"),
	identity.ActionIdentityLinked:        say("Connected with another account"),
	identity.ActionIdentityUnlinked:      say("Disconnected from another account"),
	identity.ActionRecoveryCodesCreated:  say("New recovery codes taken"),
	identity.ActionRecoveryCodeUsed:      say("Recovery code used"),
	identity.ActionSignInCodeSent:        say("Code to sign in with asked for"),
	identity.ActionBrowserProven:         say("Browser known for an hour by a mailed code"),
	identity.ActionBrowserTrusted:        say("Browser trusted: it does not ask for the app"),
	identity.ActionBrowsersForgotten:     say("Every browser asks for the app again"),
	identity.ActionSecondFactorFailed:    say("Wrong code after the right password"),
	identity.ActionSessionRaised:         say("Second factor proven"),
	identity.ActionBackchannelAsked:      say("Asked for access by an application from elsewhere"),
	identity.ActionProfileUpdated:        say("Profile changed"),
	identity.ActionDataExported:          say("Data taken"),
	identity.ActionTermsAccepted:         say("The terms were accepted"),
	identity.ActionTermsDenied:           say("The terms were refused"),
	identity.ActionSignedIn:              say("Signed in"),
	identity.ActionSignInFailed:          say("Sign-in"),
	identity.ActionSessionsEnded:         say("Signed out"),
	identity.ActionGroupMemberAdded:      say("Put into a group"),
	identity.ActionGroupMemberRemoved:    say("Taken out of a group"),
	identity.ActionRoleAssigned:          say("Role given"),
	identity.ActionRoleUnassigned:        say("Role taken away"),
	identity.ActionConsentGranted:        say("Application allowed"),
	identity.ActionConsentDenied:         say("Application refused"),
	identity.ActionConsentRevoked:        say("What an application was allowed taken back"),
	identity.ActionAssertionGrant:        say("Application has signed in for you by what another system says"),
	identity.ActionPasswordGrant:         say("Application has signed in with your password"),
	identity.ActionGrantEnded:            say("Access of an application ended"),
	identity.ActionCodeReplayed:          say("Code of an application used twice; its access has ended"),
	identity.ActionRefreshReused:         say("Token of an application used twice; its access has ended"),
	identity.ActionTokenRevoked:          say("Application has given back a token"),
	identity.ActionAddressRequested:      say("Another e-mail address asked for"),
	identity.ActionAddressCancelled:      say("Change of the e-mail address cancelled"),
	identity.ActionAddressChanged:        say("E-mail address changed"),
	identity.ActionAddressUndone:         say("Change of the e-mail address undone"),
	identity.ActionRegistrationCompleted: say("Account made by yourself"),
	identity.ActionRegistrationStarted:   say("Somebody asked for an account with your e-mail address"),
	identity.ActionPasskeyAdded:          say("Passkey added"),
	identity.ActionPasskeyRenamed:        say("Passkey renamed"),
	identity.ActionPasskeyRemoved:        say("Passkey removed"),
	identity.ActionPasskeyCloneSuspected: say("A passkey may have been copied"),
	identity.ActionPasskeyBackupChanged:  say("A passkey can be copied between devices now"),

	identity.ActionSecondStepOn:              say("Passkeys are asked for after the password"),
	identity.ActionSecondStepOff:             say("Passkeys are not asked for after the password any more"),
	identity.ActionSecurityKeyAdded:          say("Security key added"),
	identity.ActionSecurityKeyRenamed:        say("Security key renamed"),
	identity.ActionSecurityKeyRemoved:        say("Security key removed"),
	identity.ActionSecurityKeyCloneSuspected: say("A security key may have been copied"),
	identity.ActionSecurityKeyBackupChanged:  say("A security key can be copied between devices now"),
	identity.ActionRecoveryCodesRemoved:      say("Recovery codes removed"),
	identity.ActionRecoveryLinkCreated:       say("Link to choose a new password made"),
	identity.ActionMailTested:                say("Test message sent to you"),
	identity.ActionMailRetried:               say("Message to you sent again"),
	identity.ActionMailFailed:                say("Message could not be sent to you"),
}

// wordsFor says what an action is.
func wordsFor(a identity.Action) *phrase {
	if words, ok := actionWords[a]; ok {
		return words
	}
	return say("Something was changed in the administration of this server") // or of a newer server
}
