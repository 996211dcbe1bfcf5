package identity

import "reflect"

// UserChanges lists the fields that differ, for the audit trail. A password shows only that it changed.
func UserChanges(before, after User) map[string]Change {
	fields := map[string][2]any{
		"username":                 {before.Username, after.Username},
		"email":                    {before.Email, after.Email},
		"active":                   {before.Active, after.Active},
		"verified":                 {before.Verified, after.Verified},
		"admin":                    {before.Admin, after.Admin},
		changedRequiredFactor:      {before.SecondFactorRequired, after.SecondFactorRequired},
		"requires_password_change": {before.RequiresPasswordChange, after.RequiresPasswordChange},
	}
	changes := map[string]Change{}
	for name, pair := range fields {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			changes[name] = Change{Before: pair[0], After: pair[1]}
		}
	}
	addChanges(changes, &before.Claims, &after.Claims)
	if before.Password.Hash != after.Password.Hash {
		changes["password"] = Change{}
	}
	return changes
}

func addressOrNil(a *Address) any {
	if a == nil {
		return nil
	}
	return *a
}
