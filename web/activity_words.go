package web

import "github.com/authly/authly/identity"

// actionWords say to people what has happened to their accounts. Actions that are not here are of administration, and are said
// as the trail says them.
var actionWords = map[identity.Action]string{
	identity.ActionUserCreated:          "Account made",
	identity.ActionUserUpdated:          "Account changed",
	identity.ActionUserUnlocked:         "Failed sign-ins forgotten",
	identity.ActionAccountLocked:        "Too many wrong passwords",
	identity.ActionThrottleEngaged:      "Too many attempts",
	identity.ActionPasswordReset:        "Password reset",
	identity.ActionPasswordChanged:      "Password changed",
	identity.ActionRecoveryRequested:    "Link for a forgotten password asked for",
	identity.ActionRecoveryCompleted:    "Forgotten password replaced",
	identity.ActionVerificationSent:     "Link sent that verifies your e-mail address",
	identity.ActionAddressVerified:      "E-mail address verified",
	identity.ActionTOTPAdded:            "Authenticator app added",
	identity.ActionTOTPRemoved:          "Authenticator app removed",
	identity.ActionRecoveryCodesCreated: "New recovery codes taken",
	identity.ActionRecoveryCodeUsed:     "Recovery code used",
	identity.ActionBrowserTrusted:       "Browser trusted: it does not ask for the app",
	identity.ActionBrowsersForgotten:    "Every browser asks for the app again",
	identity.ActionSecondFactorFailed:   "Wrong code after the right password",
	identity.ActionSessionRaised:        "Second factor proven",
	identity.ActionProfileUpdated:       "Profile changed",
	identity.ActionDataExported:         "Data taken",
	identity.ActionSignedIn:             "Signed in",
	identity.ActionSignInFailed:         "Sign-in",
	identity.ActionSessionsEnded:        "Signed out",
	identity.ActionGroupMemberAdded:     "Put into a group",
	identity.ActionGroupMemberRemoved:   "Taken out of a group",
	identity.ActionRoleAssigned:         "Role given",
	identity.ActionRoleUnassigned:       "Role taken away",
	identity.ActionConsentGranted:       "Application allowed",
	identity.ActionConsentDenied:        "Application refused",
	identity.ActionConsentRevoked:       "What an application was allowed taken back",
	identity.ActionPasswordGrant:        "Application has signed in with your password",
	identity.ActionGrantEnded:           "Access of an application ended",
	identity.ActionCodeReplayed:         "Code of an application used twice; its access has ended",
	identity.ActionRefreshReused:        "Token of an application used twice; its access has ended",
	identity.ActionTokenRevoked:         "Application has given back a token",
	identity.ActionMailFailed:           "Message could not be sent to you",
}

var trailWords = func() map[identity.Action]string {
	words := make(map[identity.Action]string, len(identity.Actions))
	for _, a := range identity.Actions {
		words[a.Action] = a.Meaning
	}
	return words
}()

// wordsFor says what an action is.
func wordsFor(a identity.Action) string {
	if words, ok := actionWords[a]; ok {
		return words
	}
	if words, ok := trailWords[a]; ok {
		return words
	}
	return string(a) // of a newer server
}
