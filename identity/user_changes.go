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
		"requires_password_change": {before.RequiresPasswordChange, after.RequiresPasswordChange},
		"name":                     {before.Claims.Name, after.Claims.Name},
		"given_name":               {before.Claims.GivenName, after.Claims.GivenName},
		"family_name":              {before.Claims.FamilyName, after.Claims.FamilyName},
		"middle_name":              {before.Claims.MiddleName, after.Claims.MiddleName},
		"nickname":                 {before.Claims.Nickname, after.Claims.Nickname},
		"preferred_username":       {before.Claims.PreferredUsername, after.Claims.PreferredUsername},
		"profile":                  {before.Claims.Profile, after.Claims.Profile},
		"picture":                  {before.Claims.Picture, after.Claims.Picture},
		"website":                  {before.Claims.Website, after.Claims.Website},
		"gender":                   {before.Claims.Gender, after.Claims.Gender},
		"birthdate":                {before.Claims.Birthdate, after.Claims.Birthdate},
		"zoneinfo":                 {before.Claims.Zoneinfo, after.Claims.Zoneinfo},
		"locale":                   {before.Claims.Locale, after.Claims.Locale},
		"phone_number":             {before.Claims.PhoneNumber, after.Claims.PhoneNumber},
		"phone_number_verified":    {before.Claims.PhoneNumberVerified, after.Claims.PhoneNumberVerified},
		"address":                  {addressOrNil(before.Claims.Address), addressOrNil(after.Claims.Address)},
	}
	changes := map[string]Change{}
	for name, pair := range fields {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			changes[name] = Change{Before: pair[0], After: pair[1]}
		}
	}
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
