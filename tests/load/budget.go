package main

import "fmt"

// cpuBudget is milliseconds of CPU per operation, of server and database together.
type cpuBudget struct{ sqlite, postgres float64 }

// cpuBudgets are the design's, by scenario. Those of the lists of administration follow from the same floors, see
// docs/performance.md.
func cpuBudgets() map[string]cpuBudget {
	return map[string]cpuBudget{
		"discovery":               {0.09, 0.09},
		"client_credentials":      {0.18, 0.18},
		"client_credentials_dpop": {0.30, 0.30}, // client_credentials and 0.12
		"pushed":                  {2, 2},
		"device_pending":          {0.1, 0.1},
		"sign_in_page":            {1.6, 1.8},
		"sign_in_password":        {44, 44},
		"refresh":                 {0.45, 0.50},
		"introspection":           {0.14, 0.20},
		"userinfo":                {0.14, 0.20},
		"revocation":              {0.20, 0.26},
		"graphql_user":            {0.22, 0.32},
		"graphql_users_20":        {1.2, 1.2},
		"graphql_users_20_deep":   {1.2, 1.2},
		"graphql_users_20_again":  {0.15, 0.15},
		"graphql_users_100":       {4, 4},
		"graphql_users_100_deep":  {4, 4},
		"search_one":              {2, 2},

		"refresh_groups":            {0.55, 0.70},
		"graphql_client":            {0.6, 0.7},
		"graphql_clients_100":       {5.8, 6},
		"graphql_members":           {4.2, 4.3},
		"graphql_members_deep":      {4.2, 4.3},
		"graphql_sessions":          {1.7, 2},
		"graphql_sessions_part":     {1.7, 2},
		"graphql_grants":            {1.5, 2},
		"graphql_grants_part":       {1.5, 2},
		"graphql_consents":          {1.2, 1.6},
		"graphql_consents_part":     {1.2, 1.6},
		"graphql_audit_events":      {1.2, 1.3},
		"graphql_audit_events_part": {1.2, 1.3},
		"graphql_jobs":              {1.3, 1.4},
		"graphql_jobs_part":         {1.3, 1.4},
	}
}

// The budgets of the process. Time to the first 200 is for SQLite.
const (
	budgetIdleMiB      = 35
	budgetLoadedMiB    = 80
	budgetTransferMiB  = 100 // at most, while it imports or exports
	budgetBinaryMiB    = 45
	budgetStartSeconds = 0.15
)

// budgetOf returns the budget of a scenario, 0 if it has none.
func budgetOf(scenario, database string) float64 {
	b := cpuBudgets()[scenario]
	if database == postgres {
		return b.postgres
	}
	return b.sqlite
}

// verdict compares a figure with its budget.
func verdict(figure, budget float64) string {
	switch {
	case budget == 0:
		return ""
	case figure <= budget:
		return "met"
	}
	return fmt.Sprintf("missed, %.1f ×", figure/budget)
}
