package oauth

import (
	"github.com/authly/authly/identity"
)

// requestObject puts the parameters of a request object, sent or fetched from where the client has registered it, in the place of those
// beside it, which anybody may have written (RFC 9101 §6.3). It comes before all that reads them: an object that does not hold has said
// nothing, so that nobody is redirected.
func (c *CheckedRequest) requestObject() error {
	text, err := c.single(paramRequest)
	if err != nil {
		return err
	}
	address, err := c.single(paramRequestURI)
	switch {
	case err != nil:
		return err
	case text != "" && address != "":
		return InvalidRequest(identity.RuleRequestObject, "Only one of request and request_uri may be sent.")
	case address != "" && len(c.Client.Metadata.RequestURIs) > 0:
		if text, err = c.h.Domain.RequestObjects.Fetch(c.Request.Context(), c.Client, address); err != nil {
			return err
		}
	}
	if text == "" {
		return nil
	}
	c.object, err = c.h.Domain.RequestObjects.Read(c.Request.Context(), c.Client, text, address != "" && !c.mustSign())
	if err != nil {
		return err
	}
	c.Params = c.object.Parameters
	return nil
}

// signed refuses a request that had to be signed (RFC 9101 §10.5).
func (c *CheckedRequest) signed() error {
	if c.mustSign() && !c.object.Signed {
		return InvalidRequest(identity.RuleSignedRequired, "The request must be signed (RFC 9101).")
	}
	return nil
}

// mustSign reports whether the client, or every client, is held to signed requests, and so to all that a profile asks of them.
func (c *CheckedRequest) mustSign() bool {
	return c.Client.Metadata.RequireSignedRequest || c.h.Domain.Settings.Get().RequireSignedRequests
}

// use spends the request object of a request that is in order.
func (c *CheckedRequest) use() error {
	return c.h.Domain.RequestObjects.Use(c.Request.Context(), c.object)
}
