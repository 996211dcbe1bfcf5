package identity

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Step is what an interaction needs next.
type Step string

// The steps. Each but the last three has a page.
const (
	StepRegister     Step = "register"      // the client asks that a person makes an account, or signs in with one
	StepFirstFactor  Step = "first factor"  // a person must prove who they are, perhaps again
	StepSecondFactor Step = "second factor" // the person must prove a second factor beside the first
	StepLink         Step = "link"          // the person must say whether their account shall be connected with a provider
	StepEnrol        Step = "enrol"         // the person must add a second factor, which the client demands
	StepPassword     Step = "password"      // the person must choose a new password
	StepVerifyEmail  Step = "verify e-mail" // the person must show that the e-mail address is theirs
	StepTerms        Step = "terms"         // the person must accept the terms of the server
	StepOffer        Step = "offer"         // the person is offered to add what makes the sign-in safer, and may decline
	StepConsent      Step = "consent"       // the person must allow the client what it asks for
	StepIssue        Step = "issue"         // everything is there: issue the code
	StepReturn       Step = "return"        // everything is there: go back to the page where it began
	StepRepeat       Step = "repeat"        // it is done, in this very session: answer again
)

// stepRule says when a step is due.
type stepRule struct {
	step  Step
	kinds []InteractionKind
	// due is told who the browser's session stands for. Only registration and the first two factors meet nobody (nil): one of
	// them is due then.
	due func(ctx context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error)
	// silent refuses a request that must be answered without a page (OIDC Core §3.1.2.1, prompt=none); nil for steps
	// without a page.
	silent *Error
}

var (
	kindsOfClients = []InteractionKind{InteractionAuthorize, InteractionDevice, InteractionBackchannel}
	everyKind      = []InteractionKind{InteractionAuthorize, InteractionDevice, InteractionBackchannel, InteractionAccount}
)

// steps is the order of the steps. The order is the rule: the first that is due is next, and what comes later may rely
// on what came before. The account's pages are where a password is changed and an address verified or replaced, so that neither is
// demanded on the way there.
var steps = []stepRule{
	{StepRegister, []InteractionKind{InteractionAuthorize}, needsRegistration, ErrInteractionRequired},
	{StepFirstFactor, everyKind, needsFirstFactor, ErrLoginRequired},
	{StepSecondFactor, everyKind, needsSecondFactor, ErrLoginRequired},
	{StepLink, everyKind, needsLink, ErrInteractionRequired},
	{StepEnrol, kindsOfClients, needsEnrolment, ErrInteractionRequired},
	{StepPassword, kindsOfClients, needsPassword, ErrInteractionRequired},
	{StepVerifyEmail, kindsOfClients, needsVerification, ErrInteractionRequired},
	{StepTerms, kindsOfClients, needsTerms, ErrInteractionRequired},
	{StepOffer, []InteractionKind{InteractionAuthorize}, needsOffer, ErrInteractionRequired},
	{StepConsent, kindsOfClients, needsConsent, ErrConsentRequired},
	{StepIssue, []InteractionKind{InteractionAuthorize}, always, nil},
	{StepReturn, []InteractionKind{InteractionAccount}, always, nil},
}

// Next returns what is missing first, given the browser's session (nil if there is none). An interaction that is done
// leads on once more in the session that finished it, as long as nothing would be missing today; for everybody else it is
// ErrInteractionNotFound.
func (s *Interactions) Next(ctx context.Context, i Interaction, b *BrowserSession) (Step, error) {
	if i.DoneAt == nil {
		return s.due(ctx, i, b)
	}
	if b == nil || !b.Session.Complete() || !i.of(b.Session) {
		return "", ErrInteractionNotFound
	}
	if i.Denied || i.Elsewhere() {
		return StepRepeat, nil
	}
	step, err := s.due(ctx, i, b)
	if err == nil && (step != StepIssue || i.GrantID == nil) {
		err = ErrInteractionNotFound
	}
	if err != nil {
		return "", err
	}
	return StepRepeat, nil
}

// due returns the first step that is due.
func (s *Interactions) due(ctx context.Context, i Interaction, b *BrowserSession) (Step, error) {
	for _, rule := range steps {
		if !slices.Contains(rule.kinds, i.Kind) {
			continue
		}
		due, err := rule.due(ctx, s, i, b)
		if err != nil {
			return "", err
		}
		if due {
			return rule.step, nil
		}
	}
	return "", ErrInteractionNotFound // a kind without an end
}

// Silent returns the refusal of a request that must be answered without a page although the step is due.
func (s Step) Silent() *Error {
	for _, rule := range steps {
		if rule.step == s && rule.silent != nil {
			return rule.silent
		}
	}
	return ErrInteractionRequired
}

func always(context.Context, *Interactions, Interaction, *BrowserSession) (bool, error) {
	return true, nil
}

// needsRegistration follows Initiating User Registration 1.0 §4: prompt=create begins with the page for it, also where it takes an
// invitation, which the page says. Whoever has signed in for this very interaction, with a new account or with one that they had, is
// done with it.
func needsRegistration(_ context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	signedIn := b != nil && i.AuthenticatedAt != nil && i.of(b.Session)
	closed := s.settings.Get().Registration == RegistrationClosed
	return slices.Contains(i.Params.Prompt, PromptCreate) && i.Pending == nil && !signedIn && !closed, nil
}

// PromptCreate is the value of prompt that asks for registration (OpenID Connect Initiating User Registration 1.0 §4.1).
const PromptCreate = "create"

// needsFirstFactor follows OIDC Core §3.1.2.1 for prompt, max_age and id_token_hint. A sign-in made for this very
// interaction, in this session, satisfies them.
func needsFirstFactor(ctx context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	params := i.Params
	switch {
	case i.Pending != nil:
		return params.HintSubject != "" && params.HintSubject != i.Pending.User.ID.String(), nil
	case b == nil, !b.Session.Complete():
		return true, nil
	case params.HintSubject != "" && params.HintSubject != b.User.ID.String():
		return true, nil
	}
	if i.Link != nil && !s.Fresh(b.Session) {
		return true, nil // as below
	}
	if enrols, err := needsEnrolment(ctx, s, i, b); err != nil || enrols && !s.Fresh(b.Session) {
		return true, err // a session that somebody left behind must not get a factor of somebody else
	}
	switch {
	case i.AuthenticatedAt != nil && i.of(b.Session):
		return false, nil
	case slices.Contains(params.Prompt, "login"), slices.Contains(params.Prompt, "select_account"):
		return true, nil
	case params.MaxAge != nil:
		age := s.source.Now().Sub(b.Session.AuthTime)
		return age > time.Duration(*params.MaxAge)*time.Second, nil
	}
	return false, nil
}

// needsSecondFactor: whoever has an authenticator app is asked for a second factor. A session from before they had it lacks
// it, too.
//
// One that the browser has spared, or a passkey, is due where a higher level is asked for than the session has: by the client,
// by the policy of the server, or on the pages of the account.
func needsSecondFactor(ctx context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	if i.Pending != nil || b.SecondFactorDue() || i.Link != nil && b.SecondFactorUnproven() {
		return true, nil
	}
	reach := b.User.reach()
	switch {
	case b.Session.Level >= reach: // there is nothing more to prove
		return false, nil
	case i.Kind == InteractionAccount:
		return i.ReturnPath != ReturnToHome && b.SecondFactorUnproven(), nil
	case i.classes().preferred(reach) > b.Session.Level:
		return true, nil
	}
	if b.Session.Level >= LevelTwo {
		return false, nil
	}
	return s.demandsSecondFactor(ctx, i, b.User)
}

// needsLink: somebody has signed in at a provider who is not connected with an account here, in this browser and, if an account
// was there already, for this session.
func needsLink(_ context.Context, _ *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	return i.Link != nil && (i.Link.SessionID == uuid.Nil || i.Link.SessionID == b.Session.ID), nil
}

// needsEnrolment: the client demands a level that the user cannot reach with what there is, or the policy of the server demands
// a second factor of whoever gets tokens and has none.
func needsEnrolment(ctx context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	if !slices.Contains(kindsOfClients, i.Kind) {
		return false, nil
	}
	if i.classes().least() > max(b.User.reach(), b.Session.Level) || s.lacksPasskey(b) {
		return true, nil
	}
	if b.User.SecondFactor() || b.User.Passkey {
		return false, nil
	}
	return s.demandsSecondFactor(ctx, i, b.User)
}

// demandsSecondFactor reports whether the policy of the server demands one of a user who is not asked for one by themselves.
func (s *Interactions) demandsSecondFactor(ctx context.Context, i Interaction, u User) (bool, error) {
	settings := s.settings.Get()
	if settings.SecondFactors == FactorOptional && !u.SecondFactorRequired {
		return false, nil
	}
	u, err := withDelegation(ctx, s.store, u, i.Params.Scopes)
	return settings.demandsSecondFactor(u, s.source.Now()), err
}

// NeedsPasskey reports whether the client demands what only a passkey reaches.
func (i Interaction) NeedsPasskey() bool { return i.classes().least() >= LevelThree }

// EnrolsPasskey reports whether it is a passkey that must be added, and nothing else will do.
func (s *Interactions) EnrolsPasskey(i Interaction, b *BrowserSession) bool {
	return i.NeedsPasskey() || s.lacksPasskey(b)
}

// lacksPasskey reports whether somebody who has come by their mailbox must add a passkey, since there is nothing else that they
// could sign in with.
func (s *Interactions) lacksPasskey(b *BrowserSession) bool {
	byMail := slices.Contains(b.Session.AMR, factorKinds[CredentialEmail].method)
	return !s.settings.Get().TakesPasswords() && !b.User.Passkey && byMail
}

// Fresh reports whether somebody has proven who they are in the session so lately that its security may be changed.
func (s *Interactions) Fresh(session Session) bool {
	return session.fresh(s.source.Now())
}

func needsPassword(_ context.Context, s *Interactions, _ Interaction, b *BrowserSession) (bool, error) {
	return s.settings.Get().PasswordDue(b.User), nil
}

// needsVerification: the policy of the server gives nobody tokens whose e-mail address is not shown to be theirs.
func needsVerification(_ context.Context, s *Interactions, _ Interaction, b *BrowserSession) (bool, error) {
	return s.settings.Get().RequireVerified && !b.User.Verified, nil
}

// needsOffer: whoever has signed in a moment ago for this very request is offered a second factor while the policy still spares them
// one, and a passkey where the operator says so. It blocks nobody: who declines goes on, and nothing is offered without a page, or on
// the way to a device.
func needsOffer(_ context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	justSignedIn := i.AuthenticatedAt != nil && i.of(b.Session) && s.Fresh(b.Session)
	if i.Declined || i.DoneAt != nil || !justSignedIn || b.User.Passkey || b.SecondFactorUnproven() {
		return false, nil
	}
	settings := s.settings.Get()
	if !b.User.SecondFactor() && settings.asksSecondFactor(b.User) {
		return true, nil // when its time has come, needsEnrolment comes before
	}
	return settings.Passkeys == PasskeysOffered && s.signIn.usesPasskeys() && i.DeclinedPasskey != b.User.ID.String(), nil
}

// needsConsent: what a client waits for elsewhere is always asked about, and its interaction is over with the answer. Whoever sends a
// person the code of a device of their own must not find that consent is remembered (RFC 8628 §5.4), nor must a client that asks out of
// the blue (CIBA Core §15).
func needsConsent(ctx context.Context, s *Interactions, i Interaction, b *BrowserSession) (bool, error) {
	if i.Elsewhere() {
		return true, nil
	}
	consented := i.ConsentedAt != nil && i.of(b.Session)
	if !consented && s.unproven(i) {
		return true, nil
	}
	switch {
	case !consented && slices.Contains(i.Params.Prompt, "consent"):
		return true, nil
	case !consented && len(i.Params.Details) > 0: // what was allowed once says nothing of another payment
		return true, nil
	case i.Client.Policy.SkipConsent:
		return false, nil
	}
	remembered, err := s.store.ConsentFor(ctx, b.User.ID, i.ClientID)
	remembered = i.Client.standing(remembered)
	if err != nil || remembered.CreatedAt.IsZero() {
		return true, err
	}
	scopes, err := s.Consentable(ctx, i, b.User)
	return !subset(scopes, remembered.Scopes), err
}

// unproven reports whether nothing proves that the redirect URI leads to the client that has registered it: any
// application on the device can listen on a port of the loopback or claim a private-use scheme. Such a client gets no code
// without a click of the person, whatever is remembered or trusted (RFC 8252 §8.6). On the server's own origin nobody else
// can listen.
func (s *Interactions) unproven(i Interaction) bool {
	uri := i.Params.RedirectURI
	return i.Client.Public() && onDevice(uri) && !strings.HasPrefix(uri, s.issuer+"/")
}
