package identity

// Watch hears what is counted in metrics. It is safe for concurrent use.
type Watch interface {
	ThrottleWatch
	// Federated counts that somebody was sent to a provider in vain, or what became of an answer of it.
	Federated(p IdentityProvider, outcome FederationOutcome)
	// Mailed counts an attempt at a message, by what became of it.
	Mailed(kind MailKind, outcome MailOutcome)
}

// FederationOutcome is what became of a sign-in at a provider: one of these, or the UpstreamFault for which it was refused.
type FederationOutcome string

// The outcomes.
const (
	FederatedSignedIn FederationOutcome = "success"
	FederatedPending  FederationOutcome = "second_factor"   // which is asked for now
	FederatedLink     FederationOutcome = "not_connected"   // the person is asked to sign in here and to connect the accounts
	FederatedBarred   FederationOutcome = "account_refused" // who is connected may not sign in
	FederatedFailed   FederationOutcome = "internal_error"  // of this server
)

// MailOutcome is what became of an attempt at a message.
type MailOutcome string

// The outcomes.
const (
	MailDelivered MailOutcome = "sent"     // the mail server has taken it
	MailDelayed   MailOutcome = "retry"    // it could not be reached; another attempt follows for a day
	MailAbandoned MailOutcome = "given_up" // it was refused for good, or could not be sent for a day
)

// watch returns who hears what is counted.
func (d Deps) watch() Watch {
	if d.Watch == nil {
		return unwatched{}
	}
	return d.Watch
}

type unwatched struct{}

// Refused implements ThrottleWatch.
func (unwatched) Refused(Limit) {}

// SignIn implements ThrottleWatch.
func (unwatched) SignIn(string) {}

// Federated implements Watch.
func (unwatched) Federated(IdentityProvider, FederationOutcome) {}

// Mailed implements Watch.
func (unwatched) Mailed(MailKind, MailOutcome) {}
