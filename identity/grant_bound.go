package identity

import (
	"context"
	"fmt"
)

// How many grants of a client there are at once, so that no loop of authorization requests or passwords stores without
// bound. The newest stay, as where a client has one grant in a session: a refusal would lock out the honest one that asks
// again. Codes that nobody redeems, which any web page can have a browser ask for, push out only one another
// (docs/decisions/0050).
const (
	MaxSessionGrants = 100  // given in one session: live ones that were redeemed, and as many codes and ended ones
	MaxOfflineGrants = 1000 // live ones of a user with offline_access: devices
)

// boundGrants deletes the grants that a new one has pushed out. Below the bounds it is a read, or two for an offline grant.
func boundGrants(ctx context.Context, in GrantBounds, g Grant) error {
	if g.SessionID != nil {
		if _, err := in.DeleteSessionGrantsBeyond(ctx, *g.SessionID, g.ClientID, MaxSessionGrants); err != nil {
			return fmt.Errorf("bound grants of session: %w", err)
		}
	}
	if g.Offline {
		if _, err := in.DeleteOfflineGrantsBeyond(ctx, g.UserID, g.ClientID, MaxOfflineGrants); err != nil {
			return fmt.Errorf("bound offline grants: %w", err)
		}
	}
	return nil
}
