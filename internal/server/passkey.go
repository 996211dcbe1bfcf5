package server

import (
	"log/slog"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/internal/passkey"
)

// newPasskeys returns what verifies passkeys, or nil when there are none. An issuer by which browsers know no passkeys, such
// as an address, keeps no server from starting; whoever starts one to serve is told.
func (s *Server) newPasskeys(command bool) identity.PasskeyVerifier {
	verifier, err := passkey.New(s.config.Issuer)
	if err == nil {
		return verifier
	}
	if !command && s.config.Passkeys != string(identity.PasskeysOff) {
		s.logger.Warn("passkeys are off", slog.String("issuer", s.config.Issuer), slog.Any("error", err))
	}
	return nil
}
