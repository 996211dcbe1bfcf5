package web

import (
	"net/http"
	"time"

	"github.com/authly/authly/identity"
)

// justNow is how long the page of the account tells of a change.
const justNow = time.Minute

// accountPage is the data of account.html.
type accountPage struct {
	Name            string
	Username        string
	Email           string
	Since           time.Time
	PasswordChanged *time.Time
	Done            *phrase // what was done a moment ago, or nil
	Pages           []accountLink
	LogoutAction    string
}

// accountLink leads to a page of the account.
type accountLink struct {
	ID      string // of the link on the page of the account
	Path    string
	Label   *phrase
	About   *phrase // what one does there
	Current bool    // the page that is shown
}

// accountLinks are the pages of the account that there are, in the order in which people see them; current is the path of the
// one that is shown.
func (h *Handler) accountLinks(current string) []accountLink {
	var links []accountLink
	for _, page := range []struct {
		accountLink
		there bool
	}{
		{accountLink{"", pathAccount, say("Overview"), nil, false}, true},
		{accountLink{"profile", pathProfile, say("Profile"), say("Your name, address and telephone"), false}, true},
		{accountLink{"email", pathEmail, say("E-mail address"), say("Where we write to you"), false}, h.Domain.Addresses.Enabled()},
		{accountLink{"password", pathPassword, say("Password"), say("Choose a new one"), false}, h.Domain.Settings.Get().TakesPasswords()},
		{accountLink{"security", pathSecurity, say("Sign-in and security"), say("What you are asked for beside the password"), false}, true},
		{accountLink{"connections", pathConnections, say("Connections"), say("Other accounts with which you sign in"), false}, true},
		{accountLink{"devices", pathDevices, say("Devices"), say("Where you are signed in"), false}, true},
		{accountLink{"applications", pathApps, say("Applications"), say("What you have allowed them"), false}, true},
		{accountLink{"requests", pathRequests, say("Requests"), say("What applications ask you from elsewhere"), false}, true},
		{accountLink{"activity", pathActivity, say("Activity"), say("What has happened to your account"), false}, true},
		{accountLink{"data", pathData, say("Your data"), say("Take what is stored about you"), false}, h.Domain.Accounts.MayExport()},
		{accountLink{"delete", pathDelete, say("Delete the account"), say("For good"), false}, h.Domain.Accounts.MayDelete()},
	} {
		if page.there {
			page.Current = page.Path == current
			links = append(links, page.accountLink)
		}
	}
	return links
}

// showAccount greets who is signed in, and shows what there is.
func (h *Handler) showAccount(w http.ResponseWriter, r *http.Request) error {
	b, err := h.Browser(r)
	switch {
	case err != nil:
		return err
	case b == nil:
		return h.requireSignIn(w, r, identity.ReturnToHome)
	case h.Domain.Settings.Get().PasswordDue(b.User):
		h.redirect(w, r, pathPassword)
		return nil
	}
	var done *phrase
	if h.justChanged(*b) {
		done = say("Your password was changed.")
	}
	h.render(w, r, http.StatusOK, page{template: "account.html", title: say("Your account"), script: better, data: accountPage{
		Name: b.User.DisplayName(), Username: b.User.Username, Email: b.User.Email, Since: b.Session.AuthTime,
		PasswordChanged: b.User.Password.ChangedAt, Done: done,
		Pages: h.accountLinks("")[1:], LogoutAction: LogoutPath,
	}})
	return nil
}

// justChanged reports whether the password was changed a moment ago in this session: then both have the same time.
func (h *Handler) justChanged(b identity.BrowserSession) bool {
	changed := b.User.Password.ChangedAt
	return changed != nil && changed.Equal(b.Session.AuthTime) && h.Domain.Source.Now().Sub(*changed) < justNow
}
