package admin

import (
	"context"
	"fmt"

	"github.com/authly/authly/identity"
)

// Branding is administration of how pages and messages look.
type Branding struct {
	changes
	store identity.BrandStore
	texts identity.TextCatalogue
}

// Get returns what is stored. It asks for admin:settings:read.
func (s *Branding) Get(ctx context.Context) (identity.StoredBrand, error) {
	if err := requireScope(ctx, identity.ScopeSettingsRead); err != nil {
		return identity.StoredBrand{}, err
	}
	return s.store.StoredBrand(ctx)
}

// BrandChange is what to change of the brand; nil: it stays. An empty value takes back what is stored.
type BrandChange struct {
	ProductName, Accent, AccentDark, HelpURL, PrivacyURL, ImprintURL, CSS *string

	Logo  *[]byte
	Texts *map[string]map[string]string // all of them
}

// on returns a brand with the change.
func (c BrandChange) on(b identity.Brand) identity.Brand {
	setIfGiven(&b.ProductName, c.ProductName)
	setIfGiven(&b.Accent, c.Accent)
	setIfGiven(&b.AccentDark, c.AccentDark)
	setIfGiven(&b.HelpURL, c.HelpURL)
	setIfGiven(&b.PrivacyURL, c.PrivacyURL)
	setIfGiven(&b.ImprintURL, c.ImprintURL)
	setIfGiven(&b.CSS, c.CSS)
	setIfGiven(&b.Logo, c.Logo)
	setIfGiven(&b.Texts, c.Texts)
	return b
}

// wholeBrand is the change that leaves nothing else than a brand.
func wholeBrand(b identity.Brand) BrandChange {
	return BrandChange{
		ProductName: &b.ProductName, Accent: &b.Accent, AccentDark: &b.AccentDark, HelpURL: &b.HelpURL, PrivacyURL: &b.PrivacyURL,
		ImprintURL: &b.ImprintURL, CSS: &b.CSS, Logo: &b.Logo, Texts: &b.Texts,
	}
}

// Update changes the brand, which every node shows within two seconds. What is on the pages on which administrators sign in
// protects them too: it takes admin:admins:write beside admin:settings:write. expectedVersion, unless nil, must be the current one,
// else *VersionConflictError. Only what is changed is checked: what a version of before has stored stays. A change of nothing
// writes nothing. It reports whether anything has changed.
func (s *Branding) Update(ctx context.Context, c BrandChange, expectedVersion *int) (bool, error) {
	for _, scope := range []string{identity.ScopeSettingsWrite, identity.ScopeAdminsWrite} {
		if err := requireScope(ctx, scope); err != nil {
			return false, err
		}
	}
	if err := c.on(identity.Brand{}).Check(s.texts); err != nil {
		return false, fmt.Errorf("update the brand: %w", err)
	}
	changed, err := runIdempotent(ctx, s.changes, func(ctx context.Context, tx identity.Store) (bool, error) {
		before, err := tx.LockBrand(ctx)
		if err != nil {
			return false, err
		}
		if err := atVersion(expectedVersion, before.Version); err != nil {
			return false, err
		}
		after := identity.StoredBrand{Brand: c.on(before.Brand), Version: before.Version, UpdatedAt: s.source.Now()}
		differences := identity.BrandChanges(before.Brand, after.Brand)
		if len(differences) == 0 {
			return false, nil
		}
		if err := tx.SaveBrand(ctx, after); err != nil {
			return false, err
		}
		event := identity.NewEvent(ctx, s.source, identity.ActionBrandingUpdated, identity.TargetBranding, "", "")
		event.Changes = differences
		return true, tx.InsertAudit(ctx, event)
	})
	if err != nil {
		return false, fmt.Errorf("update the brand: %w", err)
	}
	return changed, nil
}

// branding brings the look of pages and messages to the declared state.
func (a *applier) branding(ctx context.Context, want *identity.Brand) error {
	if want == nil {
		return nil
	}
	changed, err := a.Branding.Update(ctx, wholeBrand(*want), nil)
	if err != nil {
		return under("branding", err)
	}
	a.note(identity.TargetBranding, want.Name(), verbOf(changed), "")
	return nil
}
