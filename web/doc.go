// Package web is what a person sees: the pages to sign in, to consent, to change the password and to sign out, and the
// pages that other surfaces answer with (errors, form_post, "You are signed out").
//
// It parses forms, calls the domain and renders; it holds no rule of its own. Pages are HTML from the server that works
// without JavaScript and loads nothing from another host. They send their own security headers, so that they are safe
// to answer with from any route.
//
// # Interactions
//
// A page that belongs to an interaction carries its handle as the parameter interaction: what was asked, under seal. It
// asks the domain which step is next, and acts only if that is its own; in every other case, and after its own success, it
// sends the browser to where the interaction goes on (303). The table of steps is the domain's (identity/step.go); New
// says where each is done. Pages never lead to one another.
//
//	authorize ──303──> /login            ──303──> authorize
//	          ──303──> /account/password ──303──> authorize
//	          ──303──> /consent          ──303──> authorize ──303──> client
//
//	/account/password ──303──> /login ──303──> /account/password
//
// No page is an end: whoever comes back to a step that is done is led on, and the error page has links to go on with.
//
// # Routes
//
//	GET        /                   leads to the account
//	GET, POST  /login              sign in; without an interaction it leads whoever is signed in to the account
//	GET, POST  /register           ask for an account; /register/code and /register/account go on with it
//	GET        /account            the account of whoever is signed in, with the way to each of its pages
//	GET, POST  /account/password   change one's own password
//	GET, POST  /consent            allow or deny a client what it asks for
//	GET, POST  /account/profile    change one's own profile
//	GET, POST  /account/devices    see and end one's own sessions
//	POST       /account/devices/browsers   be asked for the second factor on every browser again
//	GET, POST  /account/applications       see and end what clients may do
//	GET        /account/applications/logo  the logo of one of these clients
//	GET        /account/activity   the events of one's own account
//	GET, POST  /account/data       take what is stored about oneself
//	GET, POST  /account/delete     delete one's own account
//	GET        /consent/logo       the logo of that client, for whoever the page is shown to
//	GET, POST  /device             type the code that a device shows, and see how it has ended
//	GET, POST  /logout             sign out of this browser
//	GET        /assets/*           style sheet, icon and scripts under the digests of their contents
//	GET        /.well-known/change-password   leads to /account/password
//
// The server wraps them: request context, limit of the body, refusal of cross-origin posts.
package web
