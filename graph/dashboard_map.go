package graph

import (
	"cmp"
	"slices"

	"github.com/authly/authly/graph/model"
	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
)

func dashboard(d admin.Dashboard) *model.Dashboard {
	out := &model.Dashboard{
		At: d.At,
		Users: &model.UserNumbers{
			Total: d.Users.Total, Active: d.Users.Active, Inactive: d.Users.Inactive, Admins: d.Users.Admins,
			Unverified: d.Users.Unverified, RequiresPasswordChange: d.Users.RequiresPasswordChange,
		},
		Activity:       &model.UserActivity{NewUsersLastDay: d.Users.NewLastDay, NewUsersLastWeek: d.Users.NewLastWeek},
		ActiveSessions: d.ActiveSessions,
		Days:           make([]*model.DashboardDay, len(d.Days)),
		Tokens: &model.TokenNumbers{
			Since: d.Usage.Since, ByGrantType: []*model.GrantTypeCount{},
			SlowestClients: clientUsage(d.Usage.Slowest), MostRefusedClients: clientUsage(d.Usage.Refused),
		},
	}
	for i, day := range d.Days {
		out.Days[i] = &model.DashboardDay{Day: day.Day, SignIns: day.SignIns, Failures: day.Failures}
	}
	for grant, n := range d.Usage.Tokens {
		out.Tokens.ByGrantType = append(out.Tokens.ByGrantType, &model.GrantTypeCount{GrantType: string(grant), Count: n})
	}
	slices.SortFunc(out.Tokens.ByGrantType, func(a, b *model.GrantTypeCount) int { return cmp.Compare(a.GrantType, b.GrantType) })
	return out
}

func clientUsage(list []identity.ClientUsage) []*model.ClientUsage {
	out := make([]*model.ClientUsage, len(list))
	for i, u := range list {
		out[i] = &model.ClientUsage{
			ClientID: u.ClientID, Requests: u.Requests, Refusals: u.Refusals, MeanMilliseconds: u.Mean().Seconds() * 1000,
		}
	}
	return out
}
