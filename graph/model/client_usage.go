package model

import "github.com/authly/authly/identity/admin"

// NewClientActivity shows how much a client was used.
func NewClientActivity(u admin.ClientUsage) *ClientActivity {
	out := &ClientActivity{LastUsedAt: u.LastUsedAt, Days: make([]*ClientDay, len(u.Days))}
	for i, d := range u.Days {
		out.Tokens += d.Tokens
		out.Refusals += d.Refusals
		out.Days[i] = &ClientDay{Day: d.Day, Tokens: d.Tokens, Refusals: d.Refusals}
	}
	return out
}
