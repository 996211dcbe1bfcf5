package identity

import "time"

// Limit names a limit: in metrics, in the audit trail and in the configuration.
type Limit string

// The limits.
const (
	LimitBrowser             Limit = "browser"               // guesses at one user from a browser on which that user has signed in
	LimitOwnNetwork          Limit = "own_network"           // guesses at one user from a network in which that user has signed in
	LimitPair                Limit = "pair"                  // guesses at one account from one network of strangers
	LimitPairStrict          Limit = "pair_strict"           // the same after many failures in a row
	LimitAccount             Limit = "account"               // guesses at one account by all strangers together
	LimitAccountStrict       Limit = "account_strict"        // the same after many failures in a row
	LimitNetwork             Limit = "network"               // guesses from one network at all accounts
	LimitWideNetwork         Limit = "wide_network"          // guesses from a wide network at all accounts
	LimitSession             Limit = "session"               // wrong current passwords in one session
	LimitSessionEnd          Limit = "session_end"           // wrong current passwords in a row that end a session
	LimitSecondFactor        Limit = "second_factor"         // codes of one user, by all who are not known on their browser
	LimitSecondFactorStrict  Limit = "second_factor_strict"  // the same after many failures in a row
	LimitSecondFactorBrowser Limit = "second_factor_browser" // codes of one user from a browser on which that user has signed in
	LimitRecoveryCode        Limit = "recovery_code"         // recovery codes of one user, by all who are not known on their browser
	LimitPasskey             Limit = "passkey"               // responses of passkeys from one network, or from one browser that is known
	LimitMailPair            Limit = "mail_pair"             // codes to one address that one network of strangers asks for
	LimitMail                Limit = "mail"                  // messages to one account that strangers ask for
	LimitMails               Limit = "mails"                 // the same over hours
	LimitMailOwn             Limit = "mail_own"              // messages to one account from a browser or network of its user
	LimitMailNetwork         Limit = "mail_network"          // messages that one network asks for
	LimitExport              Limit = "self_export"           // documents that one user takes of what is stored about them
	LimitDevice              Limit = "device"                // devices of public clients in one network that ask for a code
	LimitDevicePoll          Limit = "device_poll"           // questions of one device whether somebody has allowed it
	LimitUserCode            Limit = "user_code"             // wrong codes of devices from one network, or from one browser that is known
	LimitUserCodes           Limit = "user_codes"            // wrong codes of devices by all who are not known on their browser
	LimitBackchannel         Limit = "backchannel"           // questions of one client to one user (CIBA)
	LimitBackchannelUser     Limit = "backchannel_user"      // questions of all clients to one user
	LimitBackchannelUnknown  Limit = "backchannel_unknown"   // hints of one client that name nobody
	LimitBackchannelPoll     Limit = "backchannel_poll"      // questions of one client whether a user has decided
	LimitClientRegistration  Limit = "client_registration"   // clients that strangers in one network register
	LimitClientRegistrations Limit = "client_registrations"  // clients that all strangers together register
	LimitManyAccounts        Limit = "many_accounts"         // accounts that one network guesses at: more are noticed, not refused
	LimitUnknown             Limit = "unknown_names"         // audit events about names that nobody has: more are only counted
	LimitEpisodes            Limit = "episodes"              // audit events about limits that were reached: more are only counted
	LimitClient              Limit = "client"                // failed authentications of one client from one network
	LimitClients             Limit = "clients"               // failed authentications of clients from one network
	LimitFailures            Limit = "failures"              // refused requests of programs from one network: replies to more are held back
	LimitAnonymous           Limit = "anonymous"             // requests of one network at what is open to everybody
)

// Limits are the rates of the limits.
type Limits map[Limit]Rate

// DefaultLimits returns the rates of docs/security/throttling.md.
func DefaultLimits() Limits {
	const day = 24 * time.Hour
	return Limits{
		LimitBrowser:             {10, time.Minute},
		LimitOwnNetwork:          {10, time.Minute},
		LimitPair:                {5, time.Hour},
		LimitPairStrict:          {2, 4 * time.Hour},
		LimitAccount:             {20, 10 * time.Minute},
		LimitAccountStrict:       {10, 30 * time.Minute},
		LimitNetwork:             {50, 6 * time.Second},
		LimitWideNetwork:         {500, time.Second},
		LimitSession:             {5, time.Minute},
		LimitSessionEnd:          {10, day},
		LimitSecondFactor:        {5, 10 * time.Minute},
		LimitSecondFactorStrict:  {2, 12 * time.Hour},
		LimitSecondFactorBrowser: {10, time.Minute},
		LimitRecoveryCode:        {5, time.Hour},
		LimitPasskey:             {30, 2 * time.Second},
		LimitMailPair:            {3, 4 * time.Hour}, // slower than mails: one network alone never uses those up
		LimitMail:                {1, 10 * time.Minute},
		LimitMails:               {4, time.Hour}, // no longer than a link works: under attack there is always one
		LimitMailOwn:             {5, 10 * time.Minute},
		LimitMailNetwork:         {10, 6 * time.Minute},
		LimitExport:              {3, time.Hour},
		LimitDevice:              {20, 10 * time.Second},
		LimitDevicePoll:          pollLimit,
		LimitUserCode:            {5, time.Minute},
		LimitUserCodes:           {200, time.Second},
		LimitBackchannel:         {5, 5 * time.Minute},
		LimitBackchannelUser:     {20, 5 * time.Minute},
		LimitBackchannelUnknown:  {20, time.Minute},
		LimitBackchannelPoll:     pollLimit,
		LimitClientRegistration:  {10, 6 * time.Minute},
		LimitClientRegistrations: {1000, 10 * time.Second}, // a row each, which stays for as long as the settings say
		LimitManyAccounts:        {30, 10 * time.Minute},
		LimitUnknown:             {100, 30 * time.Second},
		LimitEpisodes:            {100, time.Minute},
		LimitClient:              {20, 10 * time.Second},
		LimitClients:             {100, 2 * time.Second},
		LimitFailures:            {300, 100 * time.Millisecond},
		LimitAnonymous:           {200, 20 * time.Millisecond},
	}
}

// strictAfter is how many failures in a row choose the strict limits of an account.
const strictAfter = 100

// failureLimit counts the failures of names that nobody has, as failed_attempts does those of users.
const failureLimit Limit = "failures_in_a_row"

var failureRate = Rate{strictAfter, 30 * 24 * time.Hour}
