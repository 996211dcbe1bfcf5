package mail

import (
	"bytes"
	"fmt"
	html "html/template"
	"strings"
	plain "text/template"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/translation"
)

// text is what a message says, in English: paragraphs that name facts. The catalogues have it in other languages.
type text struct {
	subject    string
	paragraphs []string
}

var texts = map[identity.MailKind]text{
	identity.MailPasswordChanged: {
		subject: "Your password was changed",
		paragraphs: []string{
			"The password of your account {{.Username}} at {{.Host}} was changed on {{.At}}{{with .IP}}, from the address {{.}}{{end}}.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailPasswordReset: {
		subject: "Your password was reset",
		paragraphs: []string{
			"An administrator has given your account {{.Username}} at {{.Host}} a temporary password, on {{.At}}. " +
				"You will be asked to choose your own when you sign in.",
			"If you did not ask for it, ask an administrator why.",
		},
	},
	identity.MailRecovery: {
		subject: "Get back into your account",
		paragraphs: []string{
			"Somebody has asked for a way back into your account {{.Username}} at {{.Host}}, on {{.At}}" +
				"{{with .IP}}, from the address {{.}}{{end}}. If it was you, open this page; it works once, until {{.Until}}:",
			"{{.Link}}",
			"If it was not you, there is nothing to do: nothing changes as long as nobody opens the page. Give the link to nobody.",
		},
	},
	identity.MailTest: {
		subject: "A test",
		paragraphs: []string{
			"An administrator of {{.Host}} has sent you this message, {{.Username}}, to see whether mail arrives. There is nothing to do.",
		},
	},
	identity.MailRecoveryByAdmin: {
		subject: "Get back into your account",
		paragraphs: []string{
			"An administrator sends you this page, by which you get back into your account {{.Username}} at {{.Host}}; it works once, until " +
				"{{.Until}}:",
			"{{.Link}}",
			"If you did not ask for it, ask an administrator why. Give the link to nobody.",
		},
	},
	identity.MailRecoveryHanded: {
		subject: "An administrator can let you in",
		paragraphs: []string{
			"An administrator has made a link on {{.At}}, which opens your account {{.Username}} at {{.Host}}, to hand it to you.",
			"If you did not ask for it, ask an administrator why.",
		},
	},
	identity.MailRecovered: {
		subject: "Your password was replaced",
		paragraphs: []string{
			"A new password was chosen for your account {{.Username}} at {{.Host}} on {{.At}}{{with .IP}}, from the address {{.}}{{end}}, " +
				"or a passkey was added in its place, with a link for a forgotten password. You were signed out everywhere.",
			"If it was not you, somebody else reads your mail: change the password of your mailbox, and tell an administrator at once.",
		},
	},
	identity.MailVerification: {
		subject: "Is this your e-mail address?",
		paragraphs: []string{
			"The account {{.Username}} at {{.Host}} has this e-mail address. If it is your account, open this page in a browser in which you " +
				"are signed in; it works once, until {{.Until}}:",
			"{{.Link}}",
			"If it is not your account, there is nothing to do: without you nobody can say that the address is theirs.",
		},
	},
	identity.MailAddressReplaced: {
		subject: "Your e-mail address was replaced",
		paragraphs: []string{
			"The e-mail address of your account {{.Username}} at {{.Host}} was replaced on {{.At}}. " +
				"This is the last message about it to this address.",
			"If you did not ask for it, tell an administrator at once.",
		},
	},
	identity.MailAddressChange: {
		subject: "Is this your new e-mail address?",
		paragraphs: []string{
			"The account {{.Username}} at {{.Host}} is to have this e-mail address. If it is your account, open this page in a browser in " +
				"which you are signed in; it works once, until {{.Until}}:",
			"{{.Link}}",
			"If it is not your account, there is nothing to do: without you nobody can say that the address is theirs.",
		},
	},
	identity.MailAddressAsked: {
		subject: "Your e-mail address is about to change",
		paragraphs: []string{
			"Another e-mail address was asked for, for your account {{.Username}} at {{.Host}}, on {{.At}}{{with .IP}}, from the address " +
				"{{.}}{{end}}. This one stays until the other is shown to be yours.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account. This page ends what they have of it; it " +
				"works once, until {{.Until}}, also when the address was changed by then:",
			"{{.Link}}",
		},
	},
	identity.MailAddressChanged: {
		subject: "This is your e-mail address now",
		paragraphs: []string{
			"Your account {{.Username}} at {{.Host}} has this e-mail address since {{.At}}{{with .IP}}; it was changed from the address " +
				"{{.}}{{end}}.",
			"If it was not you, tell an administrator at once.",
		},
	},
	identity.MailAddressFormer: {
		subject: "Your e-mail address was changed",
		paragraphs: []string{
			"Your account {{.Username}} at {{.Host}} has another e-mail address since {{.At}}{{with .IP}}; it was changed from the address " +
				"{{.}}{{end}}.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account. This page gives it this address back and " +
				"ends what they have of it; it works once, until {{.Until}}:",
			"{{.Link}}",
		},
	},
	identity.MailAddressRestored: {
		subject: "Your e-mail address is yours again",
		paragraphs: []string{
			"Your account {{.Username}} at {{.Host}} has this e-mail address again, and was signed out everywhere, on {{.At}}" +
				"{{with .IP}}, from the address {{.}}{{end}}. Somebody may know your password: choose another one on this page; it works once, " +
				"until {{.Until}}:",
			"{{.Link}}",
			"If you come too late, ask for another link on the page on which you sign in.",
		},
	},
	identity.MailAppAdded: {
		subject: "An authenticator app was added",
		paragraphs: []string{
			"An authenticator app was added to your account {{.Username}} at {{.Host}} on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"Signing in needs its codes from now on.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailAppRemoved: {
		subject: "Your authenticator app was removed",
		paragraphs: []string{
			"The authenticator app of your account {{.Username}} at {{.Host}} was removed on {{.At}}. " +
				"It is not asked for any more.",
			"If you did not ask for it, change your password and tell an administrator at once.",
		},
	},
	identity.MailPasskeyAdded: {
		subject: "A passkey was added",
		paragraphs: []string{
			"A passkey was added to your account {{.Username}} at {{.Host}} on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"Whoever has the device that holds it can sign in with it alone.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailPasskeyRemoved: {
		subject: "A passkey was removed",
		paragraphs: []string{
			"A passkey of your account {{.Username}} at {{.Host}} was removed on {{.At}}. Nobody signs in with it any more.",
			"If you did not ask for it, change your password and tell an administrator at once.",
		},
	},
	identity.MailPasskeySuspected: {
		subject: "A passkey may have been copied",
		paragraphs: []string{
			"A passkey of your account {{.Username}} at {{.Host}} was used on {{.At}}{{with .IP}}, from the address {{.}}{{end}}, and says that " +
				"it was used less often than before. That is what a copy of it in other hands would say.",
			"If it was you, and you have not copied it, nothing need be wrong. To be safe, remove it on the page of your account and add another. " +
				"If it was not you, tell an administrator at once.",
		},
	},
	identity.MailSecondStepOn: {
		subject: "Passkeys are asked for after your password",
		paragraphs: []string{
			"Since {{.At}} one of your passkeys is asked for after the password of your account {{.Username}} at {{.Host}}{{with .IP}}; that was " +
				"said from the address {{.}}{{end}}.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailSecondStepOff: {
		subject: "Passkeys are not asked for after your password any more",
		paragraphs: []string{
			"Since {{.At}} no passkey is asked for after the password of your account {{.Username}} at {{.Host}}{{with .IP}}; that was said " +
				"from the address {{.}}{{end}}.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailKeyAdded: {
		subject: "A security key was added",
		paragraphs: []string{
			"A security key was added to your account {{.Username}} at {{.Host}} on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"From now on it is asked for after your password.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailKeyRemoved: {
		subject: "A security key was removed",
		paragraphs: []string{
			"A security key of your account {{.Username}} at {{.Host}} was removed on {{.At}}. It is not asked for any more.",
			"If you did not ask for it, change your password and tell an administrator at once.",
		},
	},
	identity.MailKeySuspected: {
		subject: "A security key may have been copied",
		paragraphs: []string{
			"A security key of your account {{.Username}} at {{.Host}} was used on {{.At}}{{with .IP}}, from the address {{.}}{{end}}, and says " +
				"that it was used less often than before. That is what a copy of it in other hands would say.",
			"If it was you, and you have not copied it, nothing need be wrong. To be safe, remove it on the page of your account and add another. " +
				"If it was not you, tell an administrator at once.",
		},
	},
	identity.MailIdentityLinked: {
		subject: "Your account was connected with another",
		paragraphs: []string{
			"Your account {{.Username}} at {{.Host}} was connected with an account at another provider on {{.At}}" +
				"{{with .IP}}, from the address {{.}}{{end}}. Whoever can sign in there can sign in to yours.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailIdentityUnlinked: {
		subject: "Your account was disconnected from another",
		paragraphs: []string{
			"Your account {{.Username}} at {{.Host}} is no longer connected with an account at another provider, since {{.At}}. " +
				"Nobody signs in from there any more.",
			"If you did not ask for it, change your password and tell an administrator at once.",
		},
	},
	identity.MailCodesCreated: {
		subject: "You have new recovery codes",
		paragraphs: []string{
			"New recovery codes of your account {{.Username}} at {{.Host}} were taken on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"Those of before are worth nothing any more.",
			"If it was you, there is nothing to do. If it was not, somebody else has your account: tell an administrator at once.",
		},
	},
	identity.MailCodesRemoved: {
		subject: "Your recovery codes were removed",
		paragraphs: []string{
			"An administrator has removed the recovery codes of your account {{.Username}} at {{.Host}} on {{.At}}. They are worth nothing any " +
				"more; you can take new ones on the page of your account.",
			"If you did not ask for it, ask an administrator why.",
		},
	},
	identity.MailFactorRequired: {
		subject: "Whether you need a second factor has changed",
		paragraphs: []string{
			"An administrator has changed on {{.At}} whether your account {{.Username}} at {{.Host}} must have a second factor. If it must, and " +
				"has none, you are led to add an authenticator app when you sign in.",
			"If you want to know why, ask an administrator.",
		},
	},
	identity.MailForgotten: {
		subject: "Every browser asks you for the second factor again",
		paragraphs: []string{
			"Browsers that spared you the second factor of your account {{.Username}} at {{.Host}} do so no more, since {{.At}}. You, or an " +
				"administrator, asked for it.",
			"If it was not you, and you want to know why, ask an administrator.",
		},
	},
	identity.MailBackchannelAsked: {
		subject: "An application asks for access to your account",
		paragraphs: []string{
			"An application has asked for access to your account {{.Username}} at {{.Host}} on {{.At}}. It gets nothing until you allow it. " +
				"If you expect this, sign in and look at the requests on the page of your account.",
			"If you do not expect it, refuse it there, or do nothing: it ends by itself.",
		},
	},
	identity.MailAccountDeleted: {
		subject: "Your account was deleted",
		paragraphs: []string{
			"Your account {{.Username}} at {{.Host}} was deleted on {{.At}}{{with .IP}}, from the address {{.}}{{end}}, on its own page. " +
				"It cannot be brought back. This is the last message about it.",
			"If it was not you, somebody else had your account: tell an administrator at once.",
		},
	},
	identity.MailCodeUsed: {
		subject: "A recovery code was used",
		paragraphs: []string{
			"A recovery code was used instead of the authenticator app of your account {{.Username}} at {{.Host}}, on {{.At}}" +
				"{{with .IP}}, from the address {{.}}{{end}}. {{if eq .Left 0}}There is none left: take new ones on the page of your account." +
				"{{else if eq .Left 1}}One is left.{{else}}{{.Left}} are left.{{end}}",
			"If it was you, there is nothing to do. If it was not, change your password at once: somebody else knows it and has your codes.",
		},
	},
	identity.MailRegistration: {
		subject: "Your code to make an account",
		paragraphs: []string{
			"Somebody asks for an account at {{.Host}} with this e-mail address, on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"If it was you, type this code on the page where you asked for it, until {{.Until}}:",
			"{{.Code}}",
			"In the same browser this page knows the code:",
			"{{.Link}}",
			"If it was not you, there is nothing to do: without the code there will be no account. Give it to nobody.",
		},
	},
	identity.MailSignInCode: {
		subject: "Your code to sign in",
		paragraphs: []string{
			"Somebody wants to sign in to your account {{.Username}} at {{.Host}}, on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"If it was you, type this code on the page where you asked for it, until {{.Until}}:",
			"{{.Code}}",
			"If it was not you, there is nothing to do: nobody gets in without the code. Give it to nobody.",
		},
	},
	identity.MailInvitation: {
		subject: "You are invited to make an account",
		paragraphs: []string{
			"You are invited to make an account at {{.Host}}, with this e-mail address. Open this page, until {{.Until}}; it works once:",
			"{{.Link}}",
			"You get a code then, which shows that the address is yours. If you know nothing of it, there is nothing to do: without you there " +
				"will be no account.",
		},
	},
	identity.MailRegistered: {
		subject: "You have an account already",
		paragraphs: []string{
			"Somebody asks for an account at {{.Host}} with this e-mail address, on {{.At}}{{with .IP}}, from the address {{.}}{{end}}. " +
				"But there is one with it already. If it was you, sign in with it; there you can also choose a new password:",
			"{{.Link}}",
			"If it was not you, there is nothing to do: whoever asked has learned nothing.",
		},
	},
}

// facts are what texts name.
type facts struct {
	Product  string
	Username string
	Host     string // of the issuer
	At       string
	IP       string
	Left     int // recovery codes
	Link     string
	Code     string
	Until    string
}

func (c Config) facts(content identity.MailContent, w *translation.Words) facts {
	return facts{
		Product: c.brand().Name(), Username: content.Username, Host: c.IssuedBy, IP: content.IP, At: w.Time(content.At),
		Link: content.Link, Until: w.Time(content.Until), Left: content.Left, Code: content.Code,
	}
}

// wordsFor returns the language of the user, if it is spoken, else the server's.
func (c Config) wordsFor(m identity.MailMessage) *translation.Words {
	code := translation.Match(m.Locale)
	if code == "" {
		code = c.Settings().Locale
	}
	w := translation.In(code)
	return w.With(c.brand().TextsIn(w.Code))
}

// brand returns how messages look, or nil.
func (c Config) brand() *identity.Brand { return c.Settings().Brand }

// in returns the text in a language.
func (t text) in(w *translation.Words) text {
	said := text{subject: w.Say(t.subject), paragraphs: make([]string, len(t.paragraphs))}
	for i, p := range t.paragraphs {
		said.paragraphs[i] = w.Say(p)
	}
	return said
}

// plain is the text without markup.
func (t text) plain(f facts) (string, error) {
	var out bytes.Buffer
	for _, p := range t.paragraphs {
		parsed, err := plain.New("").Parse(p + "\n\n")
		if err == nil {
			err = parsed.Execute(&out, f)
		}
		if err != nil {
			return "", fmt.Errorf("text of mail: %w", err)
		}
	}
	return out.String() + "-- \n" + f.Product + "\n", nil // the mark before a signature (RFC 3676 §4.3)
}

// markup is the text as a page that loads nothing.
func (t text) markup(f facts, w *translation.Words) (string, error) {
	var page strings.Builder
	page.WriteString("<!doctype html>\n<html lang=\"" + w.Code + "\" dir=\"" + w.Direction() + "\">\n<meta charset=\"utf-8\">\n" +
		"<title>" + t.subject + "</title>\n<body>\n")
	for _, p := range t.paragraphs {
		page.WriteString("<p>" + strings.ReplaceAll(p, "{{.Link}}", `<a href="{{.Link}}">{{.Link}}</a>`) + "</p>\n")
	}
	page.WriteString("<p>{{.Product}}</p>\n</body>\n</html>\n")
	var out bytes.Buffer
	parsed, err := html.New("").Parse(page.String())
	if err == nil {
		err = parsed.Execute(&out, f)
	}
	if err != nil {
		return "", fmt.Errorf("text of mail: %w", err)
	}
	return out.String(), nil
}
